def check(folder, case, url):
    options = {"options": "-c synchronous_commit=off"} if url.startswith("postgres") else {}
    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args=options)
    if case["enforced"] and url.startswith("sqlite"):
        sa.event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys = ON"))
    before, after = metadata(folder / "before.py"), metadata(folder / "after.py")

    def alembic(name, *arguments, models=after):
        with engine.connect() as connection:
            config = Config(folder / "alembic.ini", stdout=io.StringIO(), output_buffer=io.StringIO())
            config.set_main_option("script_location", str(folder / "migrations"))
            config.attributes.update(
                connection=connection, metadata=models, batch=case["batch"], defaults=engine.dialect.name == "postgresql"
            )
            getattr(command, name)(config, *arguments)
            connection.commit()

    with engine.connect() as connection:
        anew(connection)
    first = next(p.stem.split("_")[0] for p in (folder / "migrations/versions").glob("*.py") if "down_revision = None" in p.read_text())
    alembic("upgrade", first, models=before)
    with engine.connect() as connection:
        for statement in filter(str.strip, case["rows"].split(";\n")):
            connection.exec_driver_sql(statement)
        connection.commit()
        old_schema = schema(connection, case)
        old_rows = rows(connection, names(connection))
    complete(engine, before, "before")
    offending = {}
    with engine.connect() as connection:
        for query in case["finds"]:
            offending[query] = len(connection.exec_driver_sql(query).all())
    try:
        alembic("upgrade", "head")
    except sa.exc.IntegrityError as error:
        if any(offending.values()):
            stopped.append(str(error.orig))
            return
        raise
    if any(offending.values()):
        raise AssertionError(f"the revision says that it stops, and does not: {offending}")
    alembic("check")
    with engine.connect() as connection:
        readable(connection, after)
        new_schema = schema(connection, case)
        common(old_rows, rows(connection, names(connection)), case)
        for query, expected in case["gives"]:
            found = str(connection.exec_driver_sql(query).scalar())
            if found != expected:
                raise AssertionError(f"{query}: {found} instead of {expected}")
        if case["empty"]:
            empty(connection)
    if not case["nothing"]:
        back(alembic, engine, case, (before, after), (old_schema, new_schema), old_rows)
    if case["batch"] or engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            anew(connection)
            for name in {table.schema for table in after.tables.values()} - {None}:
                connection.exec_driver_sql(f"CREATE SCHEMA {name}")
            after.create_all(connection)
            connection.commit()
            compared("not what the models declare", schema(connection, case), new_schema)


def back(alembic, engine, case, models, schemas, old_rows):
    """Down, up again, and the SQL shown."""
    before, after = models
    old_schema, new_schema = schemas
    alembic("downgrade", "-1")
    with engine.connect() as connection:
        if not case["unread"]:
            readable(connection, before)
        compared("another schema after downgrade", old_schema, schema(connection, case))
        if not case["empty"]:
            kept = rows(connection, names(connection))
            for table, values in old_rows.items():
                if later(table, case) in after.tables and len(values) != len(kept[table]):
                    raise AssertionError(f"{table}: rows lost by downgrade")
    complete(engine, before, "after downgrade")
    alembic("upgrade", "head")
    with engine.connect() as connection:
        compared("another schema after the second upgrade", new_schema, schema(connection, case))
    alembic("check")
    if engine.dialect.name == "postgresql":
        alembic("downgrade", "-1")
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for statement in case["sql"]:
                connection.exec_driver_sql(statement)
            compared("the SQL shown makes another schema", new_schema, schema(connection, case))


failures, stopped, runs = [], [], 0
houses = sys.argv[3:]
for path in sorted(root.glob("*/*/case.json")):
    folder, case = path.parent, json.loads(path.read_text())
    if folder.parent.name not in houses:
        continue
    urls = [postgres] if folder.parent.name != "batch" else []
    if case["batch"]:
        urls.append(f"sqlite:///{folder}/test.db")
    for url in urls:
        runs += 1
        (folder / "test.db").unlink(missing_ok=True)
        try:
            check(folder, case, url)
        except Exception as error:
            told = str(error).split("(Background on")[0].strip()
            failures.append(f"{folder} ({url.split(':')[0]}, {case['name']}): {type(error).__name__}: {told}")
told = f", {len(stopped)} of them stopped as they say, at rows that their query finds" if stopped else ""
print(f"{runs - len(failures)} of {runs} runs ok{told}: {', '.join(houses)}")
if failures:
    print("\n".join(failures))
    sys.exit(1)
