"""Mail that is fetched from IMAP servers: accounts, folders and their cursors, the process that fetches, and the nightly comparison."""
