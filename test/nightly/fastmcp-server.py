"""An MCP server of fastmcp, which is its own authorization server: prints its URL, and runs until it is ended."""

import socket

from fastmcp import FastMCP
from fastmcp.server.auth.auth import ClientRegistrationOptions
from fastmcp.server.auth.providers.in_memory import InMemoryOAuthProvider

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]

base = f"http://127.0.0.1:{port}"
server = FastMCP(
    "fastmcp",
    auth=InMemoryOAuthProvider(
        base_url=base,
        required_scopes=["api:read"],
        client_registration_options=ClientRegistrationOptions(enabled=True, valid_scopes=["api:read"]),
    ),
)


@server.tool
def add(a: int, b: int) -> int:
    return a + b


print(f"{base}/mcp", flush=True)
server.run(transport="http", host="127.0.0.1", port=port, show_banner=False, log_level="error")
