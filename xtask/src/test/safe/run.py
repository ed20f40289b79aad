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
        self.all = tables

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


def shape(found, table):
    """A table without its comments, which lock nobody out."""
    known = found.get(table if "." in table else f"public.{table}")
    return known and {**known, "comment": None, "columns": [column[:-1] for column in known["columns"]]}


READS = ("verifying table", "validating foreign key constraint", "building index", "rewriting table")


class Case:
    def __init__(self, folder, case, url):
        self.folder, self.case, self.is_postgresql = folder, case, url.startswith("postgres")
        options = {"options": "-c synchronous_commit=off -c client_min_messages=debug1"} if self.is_postgresql else {}
        self.engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args=options)
        self.locked = set()
        self.before, self.after = metadata(folder / "before.py"), metadata(folder / "after.py")

    def alembic(self, name, *arguments, models=None):
        """Runs a command; gives what PostgreSQL says that it reads and builds. Keeps the locks that it held at the end."""
        said = []
        with self.engine.connect() as connection:
            if self.is_postgresql:
                sa.event.listen(connection, "commit", self.look)
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

    def look(self, connection):
        """The tables that the transaction which ends has kept others from reading."""
        with connection.connection.driver_connection.cursor() as cursor:
            cursor.execute(
                "SELECT n.nspname || '.' || c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
                " JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE l.pid = pg_backend_pid() AND l.mode = 'AccessExclusiveLock' AND c.relkind = 'r'"
                " AND n.nspname IN ('public', 'sales') AND c.relname <> 'alembic_version'"
            )
            self.locked |= {name.removeprefix("public.") for (name,) in cursor.fetchall()}

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
        stopped = False
        for stage in self.case["chain"]:
            found = self.offending(stage)
            try:
                self.stage(stage)
            except sa.exc.IntegrityError:
                if not found:
                    raise
                stopped = True
                old_rows = self.mend(stage)
            states.append(self.schema())
            self.code(stage["kind"])
        if stopped != bool(self.case["mends"]):
            raise AssertionError(f"rows {'stop' if stopped else 'do not stop'} the chain")
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

    def offending(self, stage):
        """How many rows the queries of a stage find that it will stop at."""
        with self.engine.connect() as connection:
            return sum(len(connection.exec_driver_sql(query).all()) for query in stage["finds"])

    def mend(self, stage):
        """Takes away what a stage stops at, and runs it again."""
        with self.engine.connect() as connection:
            # SQLite commits the table that a batch copies to, and Alembic leaves it there.
            for name in names(connection):
                if name.startswith("_alembic_tmp_"):
                    connection.exec_driver_sql(f'DROP TABLE "{name}"')
            for statement in self.case["mends"]:
                connection.exec_driver_sql(statement)
            connection.commit()
        if self.offending(stage):
            raise AssertionError(f"`{stage['kind']}`: its queries still find rows")
        rows = self.rows()
        self.alembic("upgrade", "+1")
        return rows

    def stage(self, stage):
        """Runs a stage while others use the tables."""
        if not self.is_postgresql:
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
            try:
                self.alembic("upgrade", "+1")
            finally:
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
                self.locked = set()
                said = self.alembic("upgrade", "+1")
                self.held(stage, others.all, said)
                if stage["kind"] == "rewrite":
                    return
                read = [one for one in said if any(f'table "{table.split(".")[-1]}"' in one for table in others.tables)]
                said_aloud = {"volatile-default", "exclude-builds-index"} & set(self.case["findings"])
                if read and not said_aloud:
                    raise AssertionError(f"`{stage['kind']}` reads rows under a lock: {read}")
            else:
                after = self.schema()
                unlocked = [table for table in others.all if shape(before, table) != shape(after, table)]
                if unlocked:
                    raise AssertionError(f"`{stage['kind']}` changed {unlocked} and took no lock")

    def held(self, stage, tables, said):
        """Names lock and read nothing but for a moment; what a rewrite locks and reads, its docstring names."""
        if stage["kind"] == "rename" and said:
            raise AssertionError(f"`rename` reads rows under a lock: {said}")
        if stage["kind"] != "rewrite":
            return
        path = next((self.folder / "migrations/versions").glob(f"*{stage['revision']}*.py"))
        told = " ".join(path.read_text().split("def upgrade")[0].split())
        unsaid = sorted(table for table in self.locked & set(tables) if f"`{table}`" not in told)
        if unsaid:
            raise AssertionError(f"`rewrite` locks {unsaid}, and its docstring does not say so")

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
