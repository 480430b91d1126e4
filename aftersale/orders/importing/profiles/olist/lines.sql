-- One row of the export is one unit. Units of the same product, seller and price are one line.
SELECT
    arg_min(origin, try_cast(order_item_id AS INTEGER)) AS origin,
    order_id AS "order",
    row_number() OVER (PARTITION BY order_id ORDER BY min(try_cast(order_item_id AS INTEGER))) AS number,
    seller_id AS supplier,
    product_id AS sku,
    'Product ' || left(product_id, 8) AS title,
    count(*) AS units
FROM items
GROUP BY order_id, seller_id, product_id, price
ORDER BY order_id, number
