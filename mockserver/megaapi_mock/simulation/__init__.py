"""What a test or a contact makes happen: use cases without HTTP, each over the parts it needs."""
