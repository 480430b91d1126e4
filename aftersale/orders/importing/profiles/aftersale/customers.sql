SELECT
    origin,
    json ->> '$.code' AS code,
    json ->> '$.name' AS name,
    json ->> '$.email' AS email,
    json ->> '$.language' AS language
FROM documents
WHERE (json ->> '$.type') = 'customer'
