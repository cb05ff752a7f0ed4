"""The browser: pages, sessions in a database, and the server that has them.  Only ``tutor serve`` comes here."""
