"""The import of orders: a profile's queries turn a shop's files into rows of ours, checked one by one.

profile   reads a profile's folder          engine    lets DuckDB run its queries over the files
readers   how the text of a column is read  tables    the tables a profile gives, column by column
checking  rows that belong to one order     writing   orders into the database, once
report    what came of it
"""
