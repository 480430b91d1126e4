SELECT
    origin,
    "order",
    parcel ->> '$.supplier' AS supplier,
    parcel ->> '$.code' AS code,
    parcel ->> '$.carrier' AS carrier,
    parcel ->> '$.tracking_number' AS tracking_number,
    parcel ->> '$.lines' AS lines
FROM (
    SELECT origin, json ->> '$.code' AS "order", unnest(json -> '$.parcels[*]') AS parcel
    FROM documents
    WHERE (json ->> '$.type') = 'order'
)
