"""Pages made to harm whoever reads them: generated here, each with the end that it must come to."""
