"""Pure knowledge of the web that reading and transforming both need: URLs, charsets, facts about sites."""
