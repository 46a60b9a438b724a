-- Carts where no Redis keeps them. The ref is what an order remembers: a cart that has become an order never becomes another.
create table shop.carts (
    ref uuid primary key,
    -- 'user:ID' or 'guest:HASH', the SHA-256 of the guest's secret.
    owner text not null,
    expires_at timestamptz not null,
    -- The refs of guests' carts whose lines were put into this one, the last of them: a checkout of such a cart may have been under way.
    merged uuid[] not null default '{}',
    constraint carts_owner unique (owner)
);

create index carts_expiry on shop.carts (expires_at);

create table shop.cart_lines (
    cart_ref uuid not null references shop.carts (ref) on delete cascade on update cascade,
    variant_id bigint not null,
    quantity int not null,
    -- The price when it was put in: who finds another one is told.
    seen_price numeric(12, 2) not null,
    added_at timestamptz not null,
    constraint cart_lines_once primary key (cart_ref, variant_id),
    constraint cart_lines_quantity check (quantity between 1 and 999)
);

-- Whether people are shown what is in this category: it is active, and so is every category above it. Not in plain SQL, which is planned anew at every call.
create function shop.is_open(category bigint) returns boolean language plpgsql stable as $$
begin
    return (
        with recursive up as (
            select id, parent_id, is_active from shop.categories where id = category
            union
            select c.id, c.parent_id, c.is_active from up join shop.categories c on c.id = up.parent_id
        )
        select bool_and(is_active) from up);
end $$;
