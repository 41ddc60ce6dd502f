// Prints a whole graph as canonical lines, read through Neo4j's official driver: first every node, then every relationship, each
// by ascending id. CanonicalElement.cs makes the same lines from PackStream bytes; the two must stay in step.
//
// Standard input: one line of JSON with uri, user and password (null for a server that asks for none), and database (or null).
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import neo4j from 'neo4j-driver'

// Longer strings and byte arrays are shown by length and hash, so that a line stays readable.
const LONGEST = 1024

const input = createInterface({ input: process.stdin })
const [line] = await once(input, 'line')
input.close()
const { uri, user, password, database } = JSON.parse(line)

const auth = user ? neo4j.auth.basic(user, password) : undefined
const driver = neo4j.driver(uri, auth, { fetchSize: 100 })
const session = driver.session({ database: database ?? undefined, defaultAccessMode: neo4j.session.READ })
try {
  await print('MATCH (n) RETURN n ORDER BY id(n)', formatNode)
  await print('MATCH ()-[r]->() RETURN r ORDER BY id(r)', formatRelationship)
} finally {
  await session.close()
  await driver.close()
}

async function print (query, format) {
  for await (const record of session.run(query)) {
    if (!process.stdout.write(format(record.get(0)) + '\n')) {
      await once(process.stdout, 'drain')
    }
  }
}

function formatNode (node) {
  const labels = [...node.labels].sort().map(quote).join(',')
  return `{"node":"${node.identity}","labels":[${labels}],"properties":${formatProperties(node.properties)}}`
}

function formatRelationship (relationship) {
  const { identity, start, end, type, properties } = relationship
  return `{"relationship":"${identity}","start":"${start}","end":"${end}","type":${quote(type)},` +
    `"properties":${formatProperties(properties)}}`
}

function formatProperties (properties) {
  // The default order of sort() is that of UTF-16 code units, as .NET's ordinal comparison has it.
  return '{' + Object.keys(properties).sort().map(key => `${quote(key)}:${formatValue(properties[key])}`).join(',') + '}'
}

function formatValue (value) {
  if (typeof value === 'string') return formatString(value)
  if (typeof value === 'boolean') return `{"boolean":${value}}`
  if (typeof value === 'number') return `{"float":"${bits(value)}"}`
  if (neo4j.isInt(value)) return `{"integer":"${value}"}`
  if (value instanceof Int8Array) return formatBytes(Buffer.from(value.buffer, value.byteOffset, value.byteLength))
  if (Array.isArray(value)) return `{"list":[${value.map(formatValue).join(',')}]}`
  if (neo4j.isPoint(value)) {
    const coordinates = value.z === undefined ? [value.x, value.y] : [value.x, value.y, value.z]
    return `{"point":["${value.srid}",${coordinates.map(one => `"${bits(one)}"`).join(',')}]}`
  }
  if (neo4j.isDuration(value)) {
    return `{"duration":["${value.months}","${value.days}","${value.seconds}","${value.nanoseconds}"]}`
  }
  if (neo4j.isDate(value)) return `{"date":"${epochDays(value)}"}`
  if (neo4j.isLocalTime(value)) return `{"localTime":"${nanosecondOfDay(value)}"}`
  if (neo4j.isTime(value)) return `{"time":["${nanosecondOfDay(value)}","${value.timeZoneOffsetSeconds}"]}`
  if (neo4j.isLocalDateTime(value)) return `{"localDateTime":["${epochSeconds(value)}","${value.nanosecond}"]}`
  if (neo4j.isDateTime(value)) {
    // The driver shows the clock on the wall; the moment itself is what the server sent.
    const moment = epochSeconds(value) - BigInt(value.timeZoneOffsetSeconds.toString())
    const zone = value.timeZoneId === undefined ? `"${value.timeZoneOffsetSeconds}"` : quote(value.timeZoneId)
    const kind = value.timeZoneId === undefined ? 'dateTime' : 'dateTimeZone'
    return `{"${kind}":["${moment}","${value.nanosecond}",${zone}]}`
  }
  throw new Error(`The driver returned a value of a kind that this reader does not know: ${value?.constructor?.name}`)
}

function formatString (value) {
  const utf8 = Buffer.from(value, 'utf8')
  return utf8.length <= LONGEST ? `{"string":${quote(value)}}` : `{"string":{"bytes":${utf8.length},"sha256":"${sha256(utf8)}"}}`
}

function formatBytes (value) {
  return value.length <= LONGEST
    ? `{"bytes":"${value.toString('base64')}"}`
    : `{"bytes":{"bytes":${value.length},"sha256":"${sha256(value)}"}}`
}

function quote (text) {
  return JSON.stringify(text)
}

function sha256 (bytes) {
  return createHash('sha256').update(bytes).digest('hex')
}

function bits (number) {
  const buffer = Buffer.alloc(8)
  buffer.writeDoubleBE(number)
  return buffer.toString('hex')
}

function epochSeconds (time) {
  return epochDays(time) * 86400n + nanosecondOfDay(time) / 1000000000n
}

function nanosecondOfDay ({ hour, minute, second, nanosecond }) {
  const seconds = (BigInt(hour.toString()) * 60n + BigInt(minute.toString())) * 60n + BigInt(second.toString())
  return seconds * 1000000000n + BigInt(nanosecond.toString())
}

// Days since 1970 in the Gregorian calendar, extended to all years. Years are counted from March, so that the leap day comes last.
function epochDays (date) {
  const month = BigInt(date.month.toString())
  const year = BigInt(date.year.toString()) - (month <= 2n ? 1n : 0n)
  const era = (year >= 0n ? year : year - 399n) / 400n
  const yearOfEra = year - era * 400n
  const dayOfYear = (153n * (month + (month > 2n ? -3n : 9n)) + 2n) / 5n + BigInt(date.day.toString()) - 1n
  const dayOfEra = yearOfEra * 365n + yearOfEra / 4n - yearOfEra / 100n + dayOfYear
  return era * 146097n + dayOfEra - 719468n
}
