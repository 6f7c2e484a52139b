"""What one DuckDB driver answers; run by the driver's own interpreter, which has nothing else of the project's.

    python -I ask.py CATALOG < questions.json > answers.json

Questions are names with their SQL, answers names with their rows, each value as text, or with the error.
"""

import json
import sys

import duckdb


def answers(catalog, questions):
    connection = duckdb.connect(catalog, read_only=True)
    connection.execute("set timezone = 'UTC'")
    return {name: answer(connection, query) for name, query in questions.items()}


def answer(connection, query):
    try:
        return sorted([str(value) for value in row] for row in connection.execute(query).fetchall())
    except duckdb.Error as error:
        return str(error)


if __name__ == "__main__":
    json.dump(answers(sys.argv[1], json.load(sys.stdin)), sys.stdout)
