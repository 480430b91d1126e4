-- Goods: a line's units together. Shipping: the freight of all items that one seller sends. Numbers as in lines.sql.
-- An amount with a fraction of a cent, or none at all, passes as it stands, and is refused when it is read.
WITH amounts AS (
    SELECT
        *,
        try_cast(order_item_id AS INTEGER) AS item,
        try_cast(price AS DECIMAL(18, 2)) AS goods,
        try_cast(freight_value AS DECIMAL(18, 2)) AS freight,
        coalesce(goods = try_cast(price AS DECIMAL(38, 12)), false) AS goods_exact,
        coalesce(freight = try_cast(freight_value AS DECIMAL(38, 12)), false) AS freight_exact
    FROM items
)
SELECT
    arg_min(origin, item) AS origin,
    order_id AS "order",
    'line' AS kind,
    row_number() OVER (PARTITION BY order_id ORDER BY min(item)) AS line,
    NULL AS supplier,
    CASE WHEN bool_and(goods_exact) THEN sum(goods)::VARCHAR ELSE min(price) END AS net
FROM amounts
GROUP BY order_id, seller_id, product_id, price
UNION ALL
SELECT
    arg_min(origin, item),
    order_id,
    'shipping',
    NULL,
    seller_id,
    CASE
        WHEN bool_and(freight_exact) THEN sum(freight)::VARCHAR
        ELSE min(freight_value) FILTER (NOT freight_exact)
    END
FROM amounts
GROUP BY order_id, seller_id
