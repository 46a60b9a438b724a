create table shop.reviews (
    id bigint generated always as identity primary key,
    product_id bigint not null references shop.products (id),
    user_id bigint not null references identity.users (id),
    rating int not null,
    comment text not null default '',
    -- Whether they had bought it when they wrote.
    verified_purchase boolean not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint reviews_once unique (product_id, user_id),
    constraint reviews_rating check (rating between 1 and 5),
    constraint reviews_comment check (char_length(comment) <= 5000)
);

create index reviews_product on shop.reviews (product_id, created_at, id);
create index reviews_time on shop.reviews (created_at, id);
create index reviews_user on shop.reviews (user_id);
