#!/usr/bin/env bash
# Gradescope runs this once, when the image is built.
set -euo pipefail
here="${AUTOGRADER_ROOT:-/autograder}"

apt-get update
apt-get install -y --no-install-recommends python3 python3-venv
python=python3
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then # Ubuntu 22.04 has 3.10
    apt-get install -y --no-install-recommends python3.11 python3.11-venv
    python=python3.11
fi

"$python" -m venv "$here/venv"
wheels=("$here"/source/*.whl) # a wheel in the archive is taken before the package index
if [ -e "${wheels[0]}" ]; then
    "$here/venv/bin/pip" install --no-cache-dir "${wheels[@]}"
else
    "$here/venv/bin/pip" install --no-cache-dir backprop-tutor
fi
ln -sf "$here/venv/bin/tutor" /usr/local/bin/tutor
tutor --version
