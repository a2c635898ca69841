"""``spreadtune schema``: what an editor needs to complete and check a study file."""

from pathlib import Path

import click

from spreadtune.cli.streams import say


@click.command("schema")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it to FILE.")
def schema_command(output: Path | None) -> int:
    """Print the JSON Schema of a study file.

    Editors that know JSON Schema (draft 2020-12) complete keys and mark mistakes by it. What has to fit together, such
    as a sampler and its domains, is checked when a study is run.

    \b
    Example:
      spreadtune schema --output studies/study.schema.json
      (and as the first line of a study beside it: # yaml-language-server: $schema=study.schema.json)
    """
    import json

    from spreadtune.errors import UserError
    from spreadtune.run_folder import UnwritableError, write_atomic
    from spreadtune.spec.json_schema import study_schema

    schema = study_schema()
    text = json.dumps(schema, indent=2)
    if output is None:
        say(text)
        return 0
    if output.is_file() and f'"title": "{schema["title"]}"' not in output.read_text(errors="replace"):
        raise UserError(f"--output {output}: is there and is no schema of spreadtune; name another file")
    try:
        write_atomic(output, text + "\n")
    except (OSError, UnwritableError) as error:
        reason = error.reason if isinstance(error, UnwritableError) else error.strerror
        raise UserError(f"--output {output}: {reason}; name another file") from error
    say(f"schema  {output}")
    return 0
