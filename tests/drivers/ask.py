"""What one DuckDB driver answers; run by the driver's own interpreter, which has nothing else of the project's.

    python -I ask.py CATALOG [ROOT] < questions.json > answers.json

Questions are names with their SQL, answers names with their rows, each value as text, or with the error. ROOT is where
the warehouse's folder is, if it is no longer where it was published.
"""

import json
import sys

import duckdb


def answers(catalog, questions, root=None):
    connection = duckdb.connect(catalog, read_only=True)
    connection.execute("set timezone = 'UTC'")
    if root:
        connection.execute(f"set variable broadsheet_root = '{root}'")
    return {name: answer(connection, query) for name, query in questions.items()}


def answer(connection, query):
    try:
        return sorted([str(value) for value in row] for row in connection.execute(query).fetchall())
    except duckdb.Error as error:
        return str(error)


if __name__ == "__main__":
    json.dump(answers(sys.argv[1], json.load(sys.stdin), *sys.argv[2:]), sys.stdout)
