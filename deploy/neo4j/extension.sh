# Sourced by the entrypoint of Neo4j's image before it starts the server (EXTENSION_SCRIPT).
(
    for _ in $(seq 150); do
        sleep 2
        /app/scripts/setup/init-neo4j.sh && break
    done
) &
