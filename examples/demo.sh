#!/bin/sh
# Play the CDNOW programme at three dates in order, in a folder of its own.
#
#     examples/demo.sh FOLDER
#
# FOLDER is made anew. The `regulars` on the PATH is used.
set -eu

if [ $# -ne 1 ]; then
    echo "usage: demo.sh FOLDER" >&2
    exit 2
fi
examples=$(cd "$(dirname "$0")" && pwd)
rm -rf "$1/cdnow"
mkdir -p "$1/cdnow/templates"
cp "$examples"/cdnow/*.csv "$examples/cdnow/playbook.yaml" "$1/cdnow/"
cp "$examples"/cdnow/templates/* "$1/cdnow/templates/"
cd "$1/cdnow"

say() {
    echo
    echo "\$ $*"
    "$@"
}

say regulars check playbook.yaml
say regulars plan playbook.yaml --at 1997-10-01
say regulars run playbook.yaml --at 1997-10-01
say regulars run playbook.yaml --at 1998-01-01
say regulars run playbook.yaml --at 1998-06-30
echo
echo "Once more: nobody enters twice, nothing is sent twice."
say regulars run playbook.yaml --at 1998-06-30
say regulars segments playbook.yaml
say regulars why playbook.yaml 0011 --segment lapsed --journey winback
echo
echo "The messages are in $1/cdnow/outbox, the store in $1/cdnow/.regulars."
