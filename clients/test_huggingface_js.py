"""`@huggingface/hub` from npm, on Node: the tests themselves are in js/hub.test.mjs."""

from support import CLIENTS


def test_the_javascript_client(run, js_modules, ada, bob):
    done = run("node", "--test", "--test-reporter=spec", "hub.test.mjs", person=ada, cwd=CLIENTS / "js", check=False,
               environment={"BOB_TOKEN": bob.token})
    assert done.returncode == 0, done.stdout + done.stderr
