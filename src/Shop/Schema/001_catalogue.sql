create schema shop;

-- A text as it is compared when people look for it: lower case, Latin letters for Cyrillic ones (as Uzbek is written in both; the letters of
-- Russian, Karakalpak and Kazakh are among them), no apostrophes, no accents.
create function shop.fold(value text) returns text language plpgsql immutable strict parallel safe as $$
declare
    folded text := lower(value collate "und-x-icu") collate "C";
begin
    if folded !~ '[^ -~]' then
        return translate(folded, '''`', '');
    end if;
    folded := normalize(folded, nfkc);
    if folded ~ '[Ѐ-ӿ]' then
        -- ц is ts after a vowel and s elsewhere, е is ye unless a consonant stands before it.
        folded := replace(regexp_replace(folded, '(?<=[aeiouаеёиоуўыэюя])ц', 'ts', 'g'), 'ц', 's');
        folded := regexp_replace(folded, '(?<![б-джзй-нп-тф-щқғҳңһb-df-hj-np-tv-z])е', 'ye', 'g');
        folded := translate(folded, 'абвгдежзийклмнопрстуфхыэўқғҳәөүңіұһъь', 'abvgdejziyklmnoprstufxieoqghaouniuh');
        folded := replace(replace(replace(replace(replace(replace(folded, 'ш', 'sh'), 'щ', 'sh'), 'ч', 'ch'), 'ю', 'yu'), 'я', 'ya'), 'ё', 'yo');
    end if;
    folded := translate(folded, 'ı''`´‘’ʻʼʹ′', 'i');
    return normalize(regexp_replace(normalize(folded, nfd), '[\u0300-\u036f]', '', 'g'), nfc);
end $$;

-- What people look at: a tree of categories, products, and the variants of a product that are really bought.
create table shop.categories (
    id bigint generated always as identity primary key,
    name text not null,
    slug text not null,
    parent_id bigint references shop.categories (id),
    position int not null default 0,
    is_active boolean not null default true,
    created_at timestamptz not null,
    constraint categories_name check (char_length(name) between 1 and 255),
    constraint categories_slug unique (slug),
    constraint categories_slug_form check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(slug) <= 255),
    constraint categories_not_its_own_parent check (parent_id <> id)
);

create index categories_parent on shop.categories (parent_id, position, id);

create table shop.products (
    id bigint generated always as identity primary key,
    name text not null,
    slug text not null,
    description text not null default '',
    -- None only where a deleted product has outlived its category.
    category_id bigint references shop.categories (id),
    is_active boolean not null default true,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    -- Sum and number of the reviews' stars, kept with each review in its transaction.
    rating_total bigint not null default 0,
    rating_count int not null default 0,
    rating_average numeric(3, 2) generated always as (case when rating_count > 0 then round(rating_total::numeric / rating_count, 2) end) stored,
    -- A deleted product is hidden and stays for the orders that name it; its slug is free again.
    deleted_at timestamptz,
    constraint products_place check (category_id is not null or deleted_at is not null),
    constraint products_name check (char_length(name) between 1 and 255),
    constraint products_slug_form check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(slug) <= 255),
    constraint products_description check (char_length(description) <= 20000),
    constraint products_rating check (rating_count >= 0 and rating_total between rating_count and 5 * rating_count::bigint)
);

create unique index products_slug on shop.products (slug) where deleted_at is null;
create index products_category on shop.products (category_id, id);

create table shop.product_images (
    id bigint generated always as identity primary key,
    product_id bigint not null references shop.products (id),
    -- Below DATA_DIR/media.
    path text not null,
    alt text not null default '',
    position int not null default 0,
    constraint product_images_path check (path ~ '^[a-z0-9][a-z0-9/_-]*\.(png|jpg|webp)$' and char_length(path) <= 255),
    constraint product_images_alt check (char_length(alt) <= 255)
);

create index product_images_product on shop.product_images (product_id, position, id);

-- Colour, memory, size: made whenever somebody needs one.
create table shop.attributes (
    id bigint generated always as identity primary key,
    name text not null,
    constraint attributes_name check (char_length(name) between 1 and 100)
);

-- However somebody types its apostrophes, and in either alphabet.
create unique index attributes_once on shop.attributes (shop.fold(name));

create table shop.attribute_values (
    id bigint generated always as identity primary key,
    attribute_id bigint not null references shop.attributes (id),
    value text not null,
    constraint attribute_values_value check (char_length(value) between 1 and 100),
    constraint attribute_values_of unique (attribute_id, id)
);

create unique index attribute_values_once on shop.attribute_values (attribute_id, shop.fold(value));

create table shop.variants (
    id bigint generated always as identity primary key,
    product_id bigint not null references shop.products (id),
    sku text not null,
    price numeric(12, 2) not null,
    currency text not null,
    compare_at_price numeric(12, 2),
    is_active boolean not null default true,
    -- The ids of its attribute values, sorted: what makes the combination unique, and what filters look up. The rows of variant_values say the same.
    value_ids bigint[] not null default '{}',
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    -- The stock is the pool ('variant', id) in inventory and nowhere else.
    constraint variants_sku check (sku = btrim(sku) and char_length(sku) between 1 and 100),
    constraint variants_price check (price > 0),
    constraint variants_compare_at_price check (compare_at_price > 0),
    constraint variants_currency check (currency ~ '^[A-Z]{3}$')
);

create unique index variants_sku on shop.variants (lower(sku collate "und-x-icu")) where deleted_at is null;
create unique index variants_combination on shop.variants (product_id, value_ids) where deleted_at is null;
create index variants_product on shop.variants (product_id, id);
create index variants_values on shop.variants using gin (value_ids) where deleted_at is null and is_active;

-- One value per attribute.
create table shop.variant_values (
    variant_id bigint not null references shop.variants (id),
    attribute_id bigint not null,
    value_id bigint not null,
    constraint variant_values_once primary key (variant_id, attribute_id),
    constraint variant_values_of foreign key (attribute_id, value_id) references shop.attribute_values (attribute_id, id)
);

create index variant_values_value on shop.variant_values (attribute_id, value_id);
