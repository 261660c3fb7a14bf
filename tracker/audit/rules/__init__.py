"""The rules of the audit: about files, and about statements of documents."""
