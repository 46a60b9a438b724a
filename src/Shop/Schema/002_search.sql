-- What lists and searches read: kept by triggers, so that whoever writes a product or a variant, by whatever way, cannot forget it.

-- Its words with one blank between them: letters and digits count, all else separates.
create function shop.words(value text) returns text language sql immutable strict parallel safe
    return btrim(regexp_replace(shop.fold(value) collate "und-x-icu", '[^[:alnum:]]+', ' ', 'g')) collate "C";

-- A stock keeping unit as it is looked for, whatever stands between its parts.
create function shop.bare(sku text) returns text language sql immutable strict parallel safe
    return replace(shop.words(sku), ' ', '') collate "C";

-- Such words as they are searched. What mixes digits and letters (256gb) is there in its parts too; what is longer than any word is cut.
create function shop.lexemes(words text) returns tsvector language sql immutable strict parallel safe
    return array_to_tsvector(string_to_array(regexp_replace(words, '([^ ]{64})[^ ]+', '\1', 'g'), ' ')
        || case when words ~ '[0-9][^0-9 ]|[^0-9 ][0-9]' then
            array(select left(part[1], 64) from string_to_table(words, ' ') word, regexp_matches(word, '[0-9]+|[^0-9]+', 'g') part where word ~ '[0-9]' and word ~ '[^0-9]')
        end);

-- The word itself and all that is left of it without one of its letters: two words that share one of these are a slip of the hand apart
-- (a letter too few, too many, wrong, or in the place of its neighbour).
create function shop.traces(word text) returns text[] language sql immutable strict parallel safe
    return array(select overlay(word placing '' from n for 1) from generate_series(1, char_length(word)) n union select word);

-- What lists show and sort by, one row per product that is not deleted. Whether its category is shown is not said here: the few categories are
-- looked at with every list, and no writer of products has to wait for one of categories.
create table shop.listings (
    product_id bigint primary key references shop.products (id) on delete cascade,
    is_active boolean not null,
    category_id bigint not null,
    name text not null,
    created_at timestamptz not null,
    -- Of those variants that can be seen; null when there is none. The currency is that of the cheapest.
    price_from numeric(12, 2),
    price_to numeric(12, 2),
    currency text,
    compare_at_price numeric(12, 2),
    -- The values of attributes that they have, each once.
    value_ids bigint[] not null,
    rating_average numeric(3, 2),
    rating_count int not null
);

-- Lists walk these in order and stop at the page's end.
create index listings_created on shop.listings (created_at, product_id) where is_active;
create index listings_name on shop.listings (name collate "und-x-icu", product_id) where is_active;
create index listings_price on shop.listings (price_from, product_id) where is_active;
create index listings_price_down on shop.listings (price_from desc nulls last, product_id desc) where is_active;
create index listings_rating on shop.listings (coalesce(rating_average, 0), product_id) where is_active;
create index listings_category on shop.listings (category_id, created_at, product_id) where is_active;

-- Apart from the listings: a new price or rating writes nothing into the index of all words.
create table shop.product_words (
    product_id bigint primary key references shop.products (id) on delete cascade,
    -- By the name alone it is judged what fits best.
    title tsvector not null,
    document tsvector not null
);

create index product_words_document on shop.product_words using gin (document);

-- Every word that was ever written in a product or a category, to find what somebody meant who wrote another. Not unique on purpose: two who
-- write a new word at the same moment need not wait for each other, and a word that is there twice, or is no longer used, does no harm.
create table shop.vocabulary (
    word text collate "C" not null
);

create index vocabulary_word on shop.vocabulary (word);
create index vocabulary_traces on shop.vocabulary using gin (shop.traces(word)) with (fastupdate = off);
-- For two slips in a long word: the first letter is rarely one of them.
create index vocabulary_length on shop.vocabulary ("left"(word, 1), char_length(word));

create index variants_bare_sku on shop.variants (shop.bare(sku) collate "C") include (product_id) where is_active and deleted_at is null;
create index variants_price on shop.variants (price) include (product_id) where is_active and deleted_at is null;

create function shop.learn_words(texts text[]) returns void language sql as $$
    insert into shop.vocabulary (word)
    select w.word from (select distinct word from unnest(texts) words, string_to_table(words, ' ') word) w
    where char_length(w.word) between 3 and 32 and w.word !~ '[0-9]' and not exists (select from shop.vocabulary known where known.word = w.word)
$$;

-- Their listings as their rows and their variants' are now. Locked first, read after: of two who change variants of one product the second sees
-- what the first has done.
create function shop.write_listings(ids bigint[]) returns void language plpgsql as $$
begin
    perform from shop.listings where product_id = any (ids) order by product_id for update;
    insert into shop.listings (product_id, is_active, category_id, name, created_at, price_from, price_to, currency, compare_at_price, value_ids, rating_average, rating_count)
    select p.id, p.is_active, p.category_id, p.name, p.created_at, o.price_from, o.price_to, o.currency, o.compare_at_price, coalesce(o.value_ids, '{}'), p.rating_average, p.rating_count
    from shop.products p
    left join (
        select v.product_id, min(v.price) as price_from, max(v.price) as price_to, (array_agg(v.currency order by v.price, v.id))[1] as currency,
            (array_agg(v.compare_at_price order by v.price, v.id))[1] as compare_at_price,
            (select array_agg(distinct value_id) from unnest(array_agg(v.id)) shown (id), shop.variants s, unnest(s.value_ids) value_id where s.id = shown.id) as value_ids
        from shop.variants v where v.product_id = any (ids) and v.is_active and v.deleted_at is null group by v.product_id
    ) o on o.product_id = p.id
    where p.id = any (ids) and p.deleted_at is null
    on conflict (product_id) do update set
        is_active = excluded.is_active, category_id = excluded.category_id, name = excluded.name, created_at = excluded.created_at,
        price_from = excluded.price_from, price_to = excluded.price_to, currency = excluded.currency, compare_at_price = excluded.compare_at_price,
        value_ids = excluded.value_ids, rating_average = excluded.rating_average, rating_count = excluded.rating_count;
end $$;

-- Their words. Nobody else writes them meanwhile: whoever changes the texts of a product has its row locked.
create function shop.write_words(ids bigint[]) returns void language plpgsql as $$
declare
    learnt text[];
begin
    with texts as materialized (
        select id, shop.words(name) as title, shop.words(name || E'\n' || description) as document from shop.products where id = any (ids) and deleted_at is null
    ), written as (
        insert into shop.product_words (product_id, title, document) select id, shop.lexemes(title), shop.lexemes(document) from texts
        on conflict (product_id) do update set title = excluded.title, document = excluded.document
    )
    select array_agg(document) into learnt from texts;
    perform shop.learn_words(learnt);
end $$;

create function shop.products_added() returns trigger language plpgsql as $$
declare
    ids bigint[] := array(select id from added);
begin
    perform shop.write_listings(ids);
    perform shop.write_words(ids);
    return null;
end $$;

create function shop.products_changed() returns trigger language plpgsql as $$
declare
    reworded bigint[] := array(select n.id from after n join before o on o.id = n.id
        where n.deleted_at is null and (o.deleted_at is not null or (n.name, n.description) is distinct from (o.name, o.description)));
    relisted bigint[] := array(select n.id from after n join before o on o.id = n.id
        where n.deleted_at is null and (o.deleted_at is not null
            or (n.name, n.category_id, n.is_active, n.created_at) is distinct from (o.name, o.category_id, o.is_active, o.created_at)));
begin
    delete from shop.listings l using after n where l.product_id = n.id and n.deleted_at is not null;
    delete from shop.product_words w using after n where w.product_id = n.id and n.deleted_at is not null;
    if relisted <> '{}' then
        perform shop.write_listings(relisted);
    end if;
    if reworded <> '{}' then
        perform shop.write_words(reworded);
    end if;
    -- A review changes nothing else.
    update shop.listings l set rating_average = n.rating_average, rating_count = n.rating_count
    from after n where n.id = l.product_id and (l.rating_average, l.rating_count) is distinct from (n.rating_average, n.rating_count);
    return null;
end $$;

create function shop.variants_changed() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        perform shop.write_listings(array(select distinct product_id from after));
    elsif tg_op = 'DELETE' then
        perform shop.write_listings(array(select distinct product_id from before));
    else
        perform shop.write_listings(array(select product_id from after union select product_id from before));
    end if;
    return null;
end $$;

create function shop.categories_named() returns trigger language plpgsql as $$
begin
    perform shop.learn_words(array(select shop.words(name) from after));
    return null;
end $$;

create trigger products_added after insert on shop.products referencing new table as added
    for each statement execute function shop.products_added();
create trigger products_changed after update on shop.products referencing old table as before new table as after
    for each statement execute function shop.products_changed();

create trigger variants_added after insert on shop.variants referencing new table as after
    for each statement execute function shop.variants_changed();
create trigger variants_changed after update on shop.variants referencing old table as before new table as after
    for each statement execute function shop.variants_changed();
create trigger variants_removed after delete on shop.variants referencing old table as before
    for each statement execute function shop.variants_changed();

create trigger categories_added after insert on shop.categories referencing new table as after
    for each statement execute function shop.categories_named();
create trigger categories_changed after update on shop.categories referencing new table as after
    for each statement execute function shop.categories_named();
