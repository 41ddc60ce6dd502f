// A small graph to try things on: ports, ships, people, and a property of almost every type.
// In PowerShell, with NEO4J_URI and NEO4J_AUTH set:  Invoke-GrapQuery (Get-Content samples/harbour.cypher -Raw)
UNWIND [
  {code: 'NLRTM', name: 'Rotterdam', at: point({longitude: 4.14, latitude: 51.95}), depth: 24.0, zone: 'Europe/Amsterdam'},
  {code: 'DEHAM', name: 'Hamburg', at: point({longitude: 9.97, latitude: 53.54}), depth: 15.1, zone: 'Europe/Berlin'},
  {code: 'PTLIS', name: 'Lisboa', at: point({longitude: -9.14, latitude: 38.7}), depth: 17.5, zone: 'Europe/Lisbon'},
  {code: 'NOBGO', name: 'Bergen', at: point({longitude: 5.32, latitude: 60.39}), depth: 11.0, zone: 'Europe/Oslo'},
  {code: 'SGSIN', name: 'Singapore · 新加坡', at: point({longitude: 103.84, latitude: 1.26}), depth: 18.0, zone: 'Asia/Singapore'}
] AS p
MERGE (port:Port {code: p.code}) SET port += p
WITH collect(port) AS ports
UNWIND [
  {name: 'Albatros', built: date('1998-04-12'), tonnes: 9_200, classes: ['container', 'feeder'], ice: false},
  {name: 'Nordlys', built: date('2011-09-30'), tonnes: 41_000, classes: ['bulk'], ice: true},
  {name: 'Boa Esperança', built: date('2019-01-07'), tonnes: 152_300, classes: ['container'], ice: false},
  {name: 'Möwe 🐦', built: date('1974-06-01'), tonnes: 380, classes: [], ice: false}
] AS s
MERGE (ship:Ship {name: s.name}) SET ship += s
WITH ports, collect(ship) AS ships
UNWIND range(0, 39) AS n
WITH ports, ships, n, ships[n % size(ships)] AS ship, ports[n % size(ports)] AS from, ports[(n * 3 + 1) % size(ports)] AS to
MERGE (voyage:Voyage {number: n})
SET voyage.departed = datetime({epochSeconds: 1700000000 + n * 86400, timezone: from.zone}),
    voyage.boarding = localtime({hour: n % 24, minute: n}),
    voyage.logged = localdatetime({year: 2023, month: 11, day: 1 + n % 28, hour: 6}),
    voyage.watch = time({hour: n % 24, timezone: '+01:00'}),
    voyage.lasted = duration({days: n % 9, hours: 5, minutes: n}),
    voyage.berth = point({x: 12.5 * n, y: 3.0, z: -0.5 * n}),
    voyage.fuel = [n * 1.5, n / 3.0, 0.0],
    voyage.onTime = n % 4 <> 0
FOREACH (_ IN CASE WHEN n % 7 = 0 THEN [1] ELSE [] END | SET voyage:Delayed)
MERGE (ship)-[:SAILED {leg: n}]->(voyage)
MERGE (voyage)-[:FROM {pilot: n % 2 = 0}]->(from)
MERGE (voyage)-[:TO {pilot: n % 3 = 0}]->(to)
RETURN count(voyage) AS voyages
