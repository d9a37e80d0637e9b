"""What a test or a contact makes happen: use cases over a runtime, without HTTP."""
