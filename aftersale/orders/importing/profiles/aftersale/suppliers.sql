SELECT
    origin,
    json ->> '$.code' AS code,
    json ->> '$.name' AS name,
    json ->> '$.country' AS country,
    json ->> '$.terms' AS terms,
    json ->> '$.answer_days' AS answer_days,
    json ->> '$.return_address' AS return_address
FROM documents
WHERE (json ->> '$.type') = 'supplier'
