"""What `show --format json` does, by the official SDK: `accumulate.py FILE`."""

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any


def main(path: Path) -> None:
    """Print the response that a saved stream adds up to."""
    openai, httpx = import_module("openai"), import_module("httpx2")

    def reads() -> Iterator[bytes]:
        with path.open("rb") as file:
            while read := file.read(4096):
                yield read

    def answer(request: Any) -> Any:
        headers = {"content-type": "text/event-stream"}
        return httpx.Response(200, headers=headers, content=reads(), request=request)

    client = openai.OpenAI(
        api_key="none",
        base_url="http://localhost/v1",
        http_client=httpx.Client(transport=httpx.MockTransport(answer)),
    )
    with client.responses.stream(model="m", input="") as stream:
        response = stream.get_final_response()
    print(json.dumps({"status": response.status, "output_text": response.output_text}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
