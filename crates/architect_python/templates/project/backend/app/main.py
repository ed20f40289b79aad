"""The application."""

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.routing import APIRoute

from app.api.main import api_router
from app.core.config import settings
from app.core.errors import add_error_handlers


def operation_id(route: APIRoute) -> str:
    """Names the methods of generated clients."""
    return f"{route.tags[0]}-{route.name}"


app = FastAPI(title=settings.project_name, generate_unique_id_function=operation_id)
app.add_middleware(
    CORSMiddleware,
    allow_origins=settings.cors_origins,
    allow_methods=["*"],
    allow_headers=["*"],
)
add_error_handlers(app)
app.include_router(api_router, prefix=settings.api_prefix)


@app.get("/health", tags=["health"])
def health() -> dict[str, str]:
    return {"status": "ok"}
