"""Captures in bulk: WARC and Parquet files of other people's making, read record by record, and WARC written back."""
