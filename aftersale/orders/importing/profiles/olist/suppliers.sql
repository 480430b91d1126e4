SELECT
    min(origin) AS origin,
    seller_id AS code,
    'Seller ' || left(seller_id, 8) AS name,
    getvariable('supplier_country') AS country,
    getvariable('supplier_terms') AS terms
FROM items
GROUP BY seller_id
ORDER BY code
