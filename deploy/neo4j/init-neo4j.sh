#!/bin/sh
# Creates what Grap needs in the database, as Initialize-GrapSchema does; again and again does no harm.
# The password is in the environment (NEO4J_AUTH) and on no command line.
set -eu

NEO4J_USERNAME=${NEO4J_AUTH%%/*}
NEO4J_PASSWORD=${NEO4J_AUTH#*/}
export NEO4J_USERNAME NEO4J_PASSWORD

cypher-shell --format plain >/dev/null 2>&1 <<'CYPHER' || exit 1
CREATE CONSTRAINT grap_projection_id IF NOT EXISTS FOR (n:GrapProjection) REQUIRE n.grap_id IS UNIQUE;
CYPHER
echo "Schema initialization: the constraint grap_projection_id is there."
