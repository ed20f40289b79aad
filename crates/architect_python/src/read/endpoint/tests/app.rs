//! Applications: names, factories, mounts.

use super::{listed, program, project};

#[test]
fn factories_with_and_without_a_variable() {
    let made = program(
        "def create_app(debug=False):\n    app = FastAPI()\n    @app.get('/')\n    def root(): ...\n    return app\n",
    );
    assert_eq!(made.apps[0].symbol, "main:create_app()");
    assert_eq!(made.apps[0].factory.as_deref(), Some("main:create_app"));
    assert_eq!(listed(&made), ["GET / main:create_app.<locals>.root"]);
}

#[test]
fn a_factory_is_called_as_the_program_calls_it() {
    let found = project(&[
        (
            "app/setup.py",
            "from fastapi import FastAPI\ndef make(router, prefix='/x'):\n    app = FastAPI()\n    app.include_router(router, prefix=prefix)\n    return app\n",
        ),
        ("app/routes.py", "from fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/a')\ndef a(): ...\n"),
        ("app/main.py", "from .routes import router\nfrom .setup import make\napp = make(router, prefix='/api')\n"),
    ]);
    assert_eq!(found.apps.len(), 1);
    assert_eq!(found.apps[0].symbol, "app.main:app");
    assert_eq!(listed(&found), ["GET /api/a app.routes:a"]);
}

#[test]
fn an_application_under_another_name() {
    let found = project(&[
        ("app/instance.py", "from fastapi import FastAPI\napplication = FastAPI()\n"),
        (
            "app/main.py",
            "from app.instance import application\nmain_app = application\n@main_app.get('/')\ndef root(): ...\n",
        ),
    ]);
    assert_eq!(found.apps[0].symbol, "app.main:main_app");
    assert_eq!(found.apps[0].aliases, ["app.instance:application"]);
    assert_eq!(listed(&found), ["GET / app.main:root"]);
}

#[test]
fn mounted_applications() {
    let found = program(
        "inner = FastAPI()\n@inner.get('/b')\ndef b(): ...\napp = FastAPI()\napp.mount('/sub/', inner)\n@app.get('/a')\ndef a(): ...\n",
    );
    let inner = found.apps.iter().find(|app| app.symbol == "main:inner").expect("inner");
    assert_eq!(inner.mounted.as_ref().expect("mounted").app, "main:app");
    assert_eq!(listed(&found), ["GET /sub/b main:b", "GET /a main:a"]);
}

#[test]
fn routers_that_no_application_includes() {
    let found = program("app = FastAPI()\nrouter = APIRouter(prefix='/x')\n@router.get('/')\ndef a(): ...\n");
    assert_eq!(listed(&found), ["GET /x/ main:a"]);
    assert_eq!(found.endpoints[0].app, None);
}

#[test]
fn tests_are_no_part_of_the_product() {
    let found = project(&[(
        "tests/test_app.py",
        "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\ndef a(): ...\n",
    )]);
    assert!(found.apps.is_empty() && found.endpoints.is_empty());
}
