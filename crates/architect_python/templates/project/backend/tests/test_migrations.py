from pathlib import Path

from alembic import command
from alembic.config import Config

from app.core.config import BACKEND, Settings


def test_migrations_build_what_the_models_declare(tmp_path: Path) -> None:
    url = Settings(database_url=f"sqlite:///{tmp_path}/test.db").database_url
    config = Config(BACKEND / "alembic.ini")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, "head")
    command.check(config)
    command.downgrade(config, "base")
    command.upgrade(config, "head")
