// Reads a whole graph with Neo4j's official driver and drops it; prints the seconds that took, and those of CPU, without
// those to start.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

// The tests' own copy of the driver.
const require = createRequire(new URL('../tests/Integration/JavaScript/package.json', import.meta.url))
const neo4j = require('neo4j-driver')

const { uri, user, password, shape } = JSON.parse(readFileSync(0, 'utf8'))
const driver = neo4j.driver(uri, user ? neo4j.auth.basic(user, password) : undefined, { disableLosslessIntegers: false })

const rangeLength = 65536
const collected = [
  ['MATCH (n) RETURN max(id(n)) AS highest',
    'UNWIND range($begin, $last, 1024) AS b CALL { WITH b UNWIND range(b, b + 1023) AS i ' +
    'MATCH (n) WHERE id(n) = i RETURN collect([i, labels(n), properties(n)]) AS c } RETURN c'],
  ['MATCH ()-[r]->() RETURN max(id(r)) AS highest',
    'UNWIND range($begin, $last, 1024) AS b CALL { WITH b UNWIND range(b, b + 1023) AS i ' +
    'MATCH (x)-[r]->(y) WHERE id(r) = i RETURN collect([i, id(x), id(y), type(r), properties(r)]) AS c } RETURN c']
]
const natural = ['MATCH (n) RETURN n', 'MATCH ()-[r]->() RETURN r']

function drain (session, text, parameters) {
  return new Promise((resolve, reject) => {
    session.run(text, parameters).subscribe({ onNext () {}, onCompleted: resolve, onError: reject })
  })
}

async function withSession (work) {
  const session = driver.session({ defaultAccessMode: neo4j.session.READ })
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}

async function readCollected () {
  for (const [highestText, text] of collected) {
    const highest = await withSession(async session => (await session.run(highestText)).records[0].get('highest').toNumber())
    let next = 0
    await Promise.all([1, 2].map(() => withSession(async session => {
      while (next <= highest) {
        const begin = next
        next += rangeLength
        await drain(session, text, { begin: neo4j.int(begin), last: neo4j.int(begin + rangeLength - 1) })
      }
    })))
  }
}

async function readNaturally () {
  for (const text of natural) {
    await withSession(session => drain(session, text, {}))
  }
}

await driver.verifyConnectivity()
const began = process.hrtime.bigint()
const used = process.cpuUsage()
await (shape === 'collected' ? readCollected() : readNaturally())
const { user: own, system } = process.cpuUsage(used)
console.log(JSON.stringify({ seconds: Number(process.hrtime.bigint() - began) / 1e9, cpuSeconds: (own + system) / 1e6 }))
await driver.close()
