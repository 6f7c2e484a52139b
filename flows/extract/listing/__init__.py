"""What lists links: feeds, sitemaps, lists of addresses, home pages; bytes in, links out, no network."""
