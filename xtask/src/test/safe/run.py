import threading
import time

import psycopg

# So long a statement of a transaction waits for its locks here, and so long others wait behind it: seconds.
WAIT = 0.15


def quoted(table):
    return ".".join(f'"{part}"' for part in table.split("."))


class Others:
    """Others who use the tables: one who has not finished, and one who reads and writes meanwhile."""

    def __init__(self, tables):
        plain = postgres.replace("postgresql+psycopg://", "postgresql://")
        self.slow, self.quick = psycopg.connect(plain), psycopg.connect(plain, autocommit=True)
        self.tables, self.longest, self.rounds, self.waiting = tables, 0.0, 0, True

    def begin(self):
        """A transaction that has read all tables and written to them."""
        for table in self.tables:
            self.slow.execute(f"LOCK TABLE {quoted(table)} IN ROW EXCLUSIVE MODE")

    def use(self):
        """Reads and writes all tables, again and again, and keeps the longest time that took."""
        while self.waiting:
            for table in self.tables:
                start = time.monotonic()
                try:
                    self.quick.execute(f"SELECT 1 FROM {quoted(table)} LIMIT 1")
                    self.quick.execute(f"DELETE FROM {quoted(table)} WHERE false")
                except psycopg.errors.UndefinedTable:
                    self.tables = [other for other in self.tables if other != table]
                self.longest = max(self.longest, time.monotonic() - start)
            self.rounds += 1
            time.sleep(0.005)

    def finish_after_rounds(self):
        """Ends the slow transaction when others were seen to go on beside whatever waits for it."""
        time.sleep(0.05)
        start, end = self.rounds, time.monotonic() + 10
        while self.waiting and self.rounds < start + 3 and time.monotonic() < end:
            time.sleep(0.002)
        self.went_on = not self.waiting or self.rounds >= start + 3
        self.slow.rollback()

    def end(self):
        self.waiting = False
        self.slow.rollback()

    def close(self):
        self.slow.close()
        self.quick.close()


def hurried(folder):
    """The revisions wait for locks as long as this test has time for."""
    for path in (folder / "migrations/versions").glob("*.py"):
        path.write_text(path.read_text().replace("lock_timeout = '5s'", f"lock_timeout = '{int(WAIT * 1000)}ms'"))


def without_validity(found):
    """A constraint that was validated stays so."""
    for table in found.values():
        if isinstance(table, dict):
            table["constraints"] = [tuple(str(p).replace(" NOT VALID", "") for p in c) for c in table["constraints"]]
    return found


READS = ("verifying table", "validating foreign key constraint", "building index", "rewriting table")


class Case:
    def __init__(self, folder, case, url):
        self.folder, self.case, self.is_postgresql = folder, case, url.startswith("postgres")
        options = {"options": "-c synchronous_commit=off -c client_min_messages=debug1"} if self.is_postgresql else {}
        self.engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args=options)
        self.before, self.after = metadata(folder / "before.py"), metadata(folder / "after.py")

    def alembic(self, name, *arguments, models=None):
        """Runs a command; gives what PostgreSQL says that it reads and builds."""
        said = []
        with self.engine.connect() as connection:
            if self.is_postgresql:
                driver = connection.connection.driver_connection
                driver.add_notice_handler(lambda notice: said.append(notice.message_primary))
            config = Config(self.folder / "alembic.ini", stdout=io.StringIO(), output_buffer=io.StringIO())
            config.set_main_option("script_location", str(self.folder / "migrations"))
            config.attributes.update(
                connection=connection,
                metadata=models if models is not None else self.after,
                batch=self.case["batch"],
                defaults=self.is_postgresql,
            )
            getattr(command, name)(config, *arguments)
            connection.commit()
        return [message for message in said if message.startswith(READS)]

    def schema(self):
        with self.engine.connect() as connection:
            found = schema(connection, self.case)
        return without_validity(found) if self.is_postgresql else found

    def rows(self):
        with self.engine.connect() as connection:
            return rows(connection, names(connection))

    def run(self):
        with self.engine.connect() as connection:
            anew(connection)
        first = [p for p in (self.folder / "migrations/versions").glob("*.py") if "down_revision = None" in p.read_text()]
        start = first[0].stem.split("_")[0]
        self.alembic("upgrade", start, models=self.before)
        with self.engine.connect() as connection:
            for statement in filter(str.strip, self.case["rows"].split(";\n")):
                connection.exec_driver_sql(statement)
            connection.commit()
        old_rows, states = self.rows(), [self.schema()]
        for stage in self.case["chain"]:
            self.stage(stage)
            states.append(self.schema())
            self.code(stage["kind"])
        self.alembic("check")
        complete(self.engine, self.after, "after the chain")
        with self.engine.connect() as connection:
            common(old_rows, self.rows(), self.case)
            for query, expected in self.case["gives"]:
                found = str(connection.exec_driver_sql(query).scalar())
                if found != expected:
                    raise AssertionError(f"{query}: {found} instead of {expected}")
            if self.case["empty"]:
                empty(connection)
        for stage, state in reversed([*zip(self.case["chain"], states)]):
            self.alembic("downgrade", "-1")
            compared(f"another schema after `{stage['kind']}` is taken back", state, self.schema())
        complete(self.engine, self.before, "after downgrade")
        self.alembic("upgrade", "head")
        compared("another schema, all at once", states[-1], self.schema())
        if self.is_postgresql:
            self.alembic("downgrade", start)
            self.sql(states[-1])
            self.declared(states[-1])

    def stage(self, stage):
        """Runs a stage while others use the tables."""
        if not self.is_postgresql or stage["kind"] in ("rename", "rewrite"):
            self.alembic("upgrade", "+1")
            return
        with self.engine.connect() as connection:
            others = Others(names(connection))
        others.begin()
        user = threading.Thread(target=others.use, daemon=True)
        user.start()
        try:
            self.beside(stage, others)
        finally:
            others.end()
            user.join()
            others.close()
        if not stage["autocommit"] and others.longest > WAIT + 1:
            raise AssertionError(f"`{stage['kind']}`: others waited {others.longest:.2f} s")

    def beside(self, stage, others):
        """Runs a stage beside a transaction that has not finished."""
        if stage["autocommit"]:
            # It may wait for the slow one to finish, and nobody waits for it.
            finish = threading.Thread(target=others.finish_after_rounds, daemon=True)
            finish.start()
            self.alembic("upgrade", "+1")
            finish.join()
            if not others.went_on:
                raise AssertionError(f"`{stage['kind']}`: others waited behind it")
        else:
            before = self.schema()
            try:
                self.alembic("upgrade", "+1")
            except sa.exc.OperationalError as error:
                if "lock timeout" not in str(error):
                    raise
                # New values of enumerations are committed by themselves, and may be there again.
                compared("a stage that gave up left something", before, {**self.schema(), "enums": before["enums"]})
                others.slow.rollback()
                said = self.alembic("upgrade", "+1")
                read = [one for one in said if any(f'table "{table.split(".")[-1]}"' in one for table in others.tables)]
                said_aloud = {"volatile-default", "exclude-builds-index"} & set(self.case["findings"])
                if read and not said_aloud:
                    raise AssertionError(f"`{stage['kind']}` reads rows under a lock: {read}")
            else:
                touched = [t for t in others.tables if t in before]
                if before != self.schema() and touched and any(before.get(f"public.{t}") != self.schema().get(f"public.{t}") for t in touched):
                    raise AssertionError(f"`{stage['kind']}` took no lock")

    def code(self, kind):
        """What old code and new code do, each as long as it runs."""
        with self.engine.connect() as connection:
            for statement in self.case["old"] if kind in ("expand", "backfill", "index") else []:
                with connection.begin_nested() as point:
                    connection.exec_driver_sql(statement)
                    point.rollback()
            for statement in self.case["new"] if kind != "rename" else []:
                with connection.begin_nested() as point:
                    connection.exec_driver_sql(statement)
                    point.rollback()

    def sql(self, expected):
        """The SQL that is shown makes the same."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for stage in self.case["chain"]:
                for statement in stage["sql"]:
                    connection.exec_driver_sql(statement)
        compared("the SQL shown makes another schema", expected, self.schema())

    def declared(self, expected):
        with self.engine.connect() as connection:
            anew(connection)
            for name in {table.schema for table in self.after.tables.values()} - {None}:
                connection.exec_driver_sql(f"CREATE SCHEMA {name}")
            self.after.create_all(connection)
            connection.commit()
        compared("not what the models declare", self.schema(), expected)


failures, runs = [], 0
# Those of several processes.
part, parts = int(sys.argv[4]), int(sys.argv[5])
for path in sorted(root.glob(f"{sys.argv[3]}/*/case.json"))[part::parts]:
    folder, case = path.parent, json.loads(path.read_text())
    hurried(folder)
    for url in [f"sqlite:///{folder}/test.db" if case["batch"] else postgres]:
        runs += 1
        (folder / "test.db").unlink(missing_ok=True)
        try:
            Case(folder, case, url).run()
        except Exception as error:
            told = str(error).split("(Background on")[0].strip()
            failures.append(f"{folder} ({url.split(':')[0]}, {case['name']}): {type(error).__name__}: {told}")
print(f"{runs - len(failures)} of {runs} chains ok: {sys.argv[3]}")
if failures:
    print("\n".join(failures))
    sys.exit(1)
