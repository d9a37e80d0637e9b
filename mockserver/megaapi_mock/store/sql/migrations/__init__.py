"""How a database comes from each version of its tables to the next: run by Alembic."""
