"""Archives of feed mirrors: the files inside a folder, tar or zip, and what each of them says."""
