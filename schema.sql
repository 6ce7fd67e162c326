-- The whole current schema of leida.db. Its version is db::schema::VERSION.
--
-- Times are integer milliseconds UTC (…_at), days are integers counted from 1970-01-01 in the configured time zone
-- (…day), calendar dates are such days too. Money is integer fen. Flags are 0 or 1.

-- ---------------------------------------------------------------------------------------------- settings and secrets

CREATE TABLE setting (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL            -- secrets are encrypted with the key file and begin with "v1:"
) STRICT, WITHOUT ROWID;

-- ------------------------------------------------------------------------------------------------ companies and people

CREATE TABLE company (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    name              TEXT    NOT NULL UNIQUE,
    charging_start_day INTEGER NOT NULL,
    open_length       INTEGER NOT NULL,          -- 1 one month, 2 two, 3 three, 4 one year, 5 two years
    expiry_day        INTEGER,                   -- first day on which it is expired; NULL never
    card_quota        INTEGER NOT NULL,
    address           TEXT    NOT NULL DEFAULT '',
    remarks           TEXT,
    customer_count    INTEGER NOT NULL DEFAULT 0,
    message_count     INTEGER NOT NULL DEFAULT 0,  -- of both sides, without tips
    created_at        INTEGER NOT NULL
) STRICT;
CREATE INDEX company_by_creation ON company (created_at, id);

CREATE TABLE department (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,
    parent_id  INTEGER REFERENCES department (id),
    work_id    INTEGER,                          -- its id in Work WeChat
    created_at INTEGER NOT NULL,
    UNIQUE (company_id, name)
) STRICT;
CREATE INDEX department_by_creation ON department (company_id, created_at, id);
CREATE INDEX department_by_work_id ON department (company_id, work_id);
CREATE INDEX department_by_parent ON department (parent_id);

CREATE TABLE access_rule (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT    NOT NULL UNIQUE,
    url_path   TEXT    NOT NULL UNIQUE,
    parent_id  INTEGER REFERENCES access_rule (id),
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX access_rule_by_parent ON access_rule (parent_id);

CREATE TABLE admin_role (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id INTEGER REFERENCES company (id) ON DELETE CASCADE,  -- NULL: a role of all companies
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX admin_role_by_name ON admin_role (coalesce(company_id, 0), name);
CREATE INDEX admin_role_by_company ON admin_role (company_id);

CREATE TABLE admin_role_rule (
    role_id INTEGER NOT NULL REFERENCES admin_role (id) ON DELETE CASCADE,
    rule_id INTEGER NOT NULL REFERENCES access_rule (id) ON DELETE CASCADE,
    PRIMARY KEY (role_id, rule_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX admin_role_rule_by_rule ON admin_role_rule (rule_id);

-- Back-office accounts.
CREATE TABLE admin (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id        INTEGER NOT NULL REFERENCES company (id),
    role_id           INTEGER NOT NULL REFERENCES admin_role (id),
    login_user        TEXT    NOT NULL UNIQUE,
    password_hash     TEXT    NOT NULL,          -- argon2id
    username          TEXT    NOT NULL DEFAULT '',
    position          TEXT    NOT NULL DEFAULT '',
    avatar            TEXT    NOT NULL DEFAULT 'statics/imgs/setAvator.jpg',
    status            INTEGER NOT NULL DEFAULT 1, -- 1 enabled, 2 disabled
    token             TEXT    NOT NULL,
    is_reset_password INTEGER NOT NULL DEFAULT 0,
    last_login_at     INTEGER,
    created_at        INTEGER NOT NULL
) STRICT;
CREATE INDEX admin_by_company ON admin (company_id, created_at, id);
CREATE INDEX admin_by_role ON admin (role_id);
CREATE INDEX admin_by_creation ON admin (created_at, id);

-- Tokens that a super-administrator took out to act as another account; they end by themselves.
CREATE TABLE admin_grant (
    token      TEXT    PRIMARY KEY,
    admin_id   INTEGER NOT NULL REFERENCES admin (id) ON DELETE CASCADE,
    granted_by INTEGER NOT NULL REFERENCES admin (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX admin_grant_by_admin ON admin_grant (admin_id);
CREATE INDEX admin_grant_by_grantor ON admin_grant (granted_by);

CREATE TABLE audit_log (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id INTEGER NOT NULL,
    admin_id   INTEGER,
    staff_id   INTEGER,                          -- when a salesperson of role 1 or 2 did it
    action     TEXT    NOT NULL,
    detail     TEXT    NOT NULL,                 -- never secrets
    address    TEXT    NOT NULL,                 -- where the request came from
    created_at INTEGER NOT NULL,
    CHECK ((admin_id IS NULL) <> (staff_id IS NULL))
) STRICT;
CREATE INDEX audit_log_by_time ON audit_log (created_at, id);
CREATE INDEX audit_log_by_company ON audit_log (company_id, created_at, id);
CREATE INDEX audit_log_by_admin ON audit_log (admin_id, created_at, id);

-- Salespeople (雷达用户).
CREATE TABLE staff (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id     INTEGER NOT NULL REFERENCES company (id),
    userid         TEXT    NOT NULL,             -- in Work WeChat
    username       TEXT    NOT NULL,
    position       TEXT    NOT NULL DEFAULT '',
    avatar         TEXT    NOT NULL DEFAULT 'statics/imgs/setAvator.jpg',
    gender         INTEGER NOT NULL DEFAULT 1,   -- 1 male, 2 female
    status         INTEGER NOT NULL DEFAULT 2,   -- 1 enabled, 2 disabled
    role_id        INTEGER NOT NULL DEFAULT 3 REFERENCES admin_role (id),
    phone          TEXT    NOT NULL DEFAULT '',  -- bound to WeChat
    wechat         TEXT    NOT NULL DEFAULT '',
    email          TEXT    NOT NULL DEFAULT '',
    card_name      TEXT    NOT NULL DEFAULT '',
    card_phone     TEXT    NOT NULL DEFAULT '',
    is_phone_shown INTEGER NOT NULL DEFAULT 1,
    signature      TEXT    NOT NULL DEFAULT '',
    country        TEXT    NOT NULL DEFAULT '',
    area           TEXT    NOT NULL DEFAULT '',
    address        TEXT    NOT NULL DEFAULT '',  -- of this person's own office; empty: the company's
    qr_code        TEXT    NOT NULL DEFAULT '',
    token          TEXT    NOT NULL,
    view_count     INTEGER NOT NULL DEFAULT 0,
    praise_count   INTEGER NOT NULL DEFAULT 0,
    forward_count  INTEGER NOT NULL DEFAULT 0,
    signature_praise_count INTEGER NOT NULL DEFAULT 0,
    customer_count INTEGER NOT NULL DEFAULT 0,
    radar_count    INTEGER NOT NULL DEFAULT 0,
    is_in_work     INTEGER NOT NULL DEFAULT 0,   -- was seen in Work WeChat, and is still there
    departed_at    INTEGER,                      -- since when Work WeChat does not know them any more
    work_name      TEXT,                         -- what Work WeChat said last: what differs was edited here
    work_position  TEXT,
    work_phone     TEXT,
    radar_recent_until INTEGER,                  -- last of the seven days that radar_recent counts
    last_login_at  INTEGER,
    created_at     INTEGER NOT NULL,
    UNIQUE (company_id, userid)
) STRICT;
CREATE INDEX staff_by_company ON staff (company_id, created_at, id);
CREATE INDEX staff_by_creation ON staff (created_at, id);
CREATE INDEX staff_without_qr_code ON staff (company_id, id) WHERE qr_code = '' AND status = 1;
CREATE INDEX staff_by_role ON staff (role_id);

CREATE TABLE staff_department (
    staff_id      INTEGER NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    department_id INTEGER NOT NULL REFERENCES department (id),
    PRIMARY KEY (staff_id, department_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX staff_department_by_department ON staff_department (department_id);

CREATE TABLE staff_photo (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    staff_id   INTEGER NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    kind       INTEGER NOT NULL DEFAULT 1,       -- 1 photo, 2 the card's avatar
    url        TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX staff_photo_by_staff ON staff_photo (staff_id, kind, created_at);

-- Labels on a salesperson's own card.
CREATE TABLE staff_label (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    staff_id   INTEGER NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (staff_id, name)
) STRICT;
CREATE INDEX staff_label_by_staff ON staff_label (staff_id, created_at, id);

-- Menu entries of the staff's front end (权限, `quanxian`), a tree a company.
CREATE TABLE permission (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    path       TEXT    NOT NULL,
    icon       TEXT    NOT NULL DEFAULT '',
    title      TEXT    NOT NULL,
    parent_id  INTEGER REFERENCES permission (id),
    order_num  INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (company_id, path),
    UNIQUE (company_id, title)
) STRICT;
CREATE INDEX permission_by_order ON permission (company_id, order_num, id);
CREATE INDEX permission_by_parent ON permission (parent_id);

-- What salespeople tell the makers (意见反馈).
CREATE TABLE feedback (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id   INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    staff_id     INTEGER REFERENCES staff (id) ON DELETE SET NULL,
    problem_type INTEGER NOT NULL,               -- 1 service, 2 malfunction, 3 suggestion
    content      TEXT    NOT NULL,               -- JSON list of blocks
    status       INTEGER NOT NULL DEFAULT 1,     -- 1 open, 2 dealt with
    created_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX feedback_by_company ON feedback (company_id, status);
CREATE INDEX feedback_of_company ON feedback (company_id);
CREATE INDEX feedback_by_status ON feedback (status);
CREATE INDEX feedback_by_staff ON feedback (staff_id);

-- People who registered themselves and wait for approval.
CREATE TABLE temp_staff (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id     INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    username       TEXT    NOT NULL,
    position       TEXT    NOT NULL,
    wechat         TEXT    NOT NULL,
    wechat_phone   TEXT    NOT NULL,
    card_phone     TEXT    NOT NULL,
    department_ids TEXT    NOT NULL DEFAULT '[]', -- JSON list of ids
    created_at     INTEGER NOT NULL,
    UNIQUE (company_id, username),
    UNIQUE (company_id, wechat_phone)
) STRICT;
CREATE INDEX temp_staff_by_company ON temp_staff (company_id, created_at, id);

-- What the QR code for registering oneself is signed with: good for that one call, until it expires.
CREATE TABLE staff_invitation (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    admin_id   INTEGER NOT NULL REFERENCES admin (id) ON DELETE CASCADE,
    token      TEXT    NOT NULL UNIQUE,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX staff_invitation_by_admin ON staff_invitation (admin_id, expires_at);
CREATE INDEX staff_invitation_by_company ON staff_invitation (company_id);

-- --------------------------------------------------------------------------------------------------------- customers

CREATE TABLE customer (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id    INTEGER NOT NULL REFERENCES company (id),
    openid        TEXT    NOT NULL,
    user_type     INTEGER NOT NULL,              -- 1 official account, 2 mini-program
    unionid       TEXT,
    nickname      TEXT    NOT NULL DEFAULT '',   -- empty until the customer has authorised it
    avatar        TEXT    NOT NULL DEFAULT 'statics/imgs/setAvator.jpg',
    sex           INTEGER,
    city          TEXT    NOT NULL DEFAULT '',
    province      TEXT    NOT NULL DEFAULT '',
    country       TEXT    NOT NULL DEFAULT '',
    language      TEXT    NOT NULL DEFAULT '',
    phone         TEXT    NOT NULL DEFAULT '',
    source        INTEGER NOT NULL DEFAULT 1,    -- 1 scanned, 2 forwarded, 3 searched, 4 article, 5 video
    session_key   TEXT    NOT NULL DEFAULT '',   -- encrypted
    token         TEXT    NOT NULL,
    is_following  INTEGER,                       -- whether they follow the official account, NULL: not known
    following_at  INTEGER,                       -- since when that is so
    last_login_at INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    UNIQUE (openid, user_type, company_id)
) STRICT;
CREATE INDEX customer_by_company ON customer (company_id, created_at, id);

-- Login codes seen lately: WeChat's clients repeat a request, the code itself works only once.
CREATE TABLE login_code (
    company_id  INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    code        TEXT    NOT NULL,
    customer_id INTEGER REFERENCES customer (id) ON DELETE CASCADE,  -- NULL: a reader who was nobody's customer yet
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (company_id, code)
) STRICT, WITHOUT ROWID;
CREATE INDEX login_code_by_age ON login_code (created_at);
CREATE INDEX login_code_by_customer ON login_code (customer_id);

CREATE TABLE form_id (
    customer_id INTEGER NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    form_id     TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (customer_id, form_id)
) STRICT, WITHOUT ROWID;

-- One staff member and one customer: who brought whom, the sales outlook, counters of both sides.
CREATE TABLE relation (
    id                    INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id            INTEGER NOT NULL REFERENCES company (id),
    staff_id              INTEGER NOT NULL REFERENCES staff (id),
    customer_id           INTEGER NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    user_type             INTEGER NOT NULL,            -- the customer's, so that lists of one kind need no look-up
    source                INTEGER NOT NULL DEFAULT 1,
    parent_id             INTEGER REFERENCES customer (id) ON DELETE SET NULL,
    is_bound              INTEGER NOT NULL DEFAULT 0,  -- source and parent were said by a binding
    expected_day          INTEGER,
    expected_rate         INTEGER NOT NULL DEFAULT 0,  -- percent
    last_follow_at        INTEGER,
    last_activity_at      INTEGER,
    card_views            INTEGER NOT NULL DEFAULT 0,
    is_praised            INTEGER NOT NULL DEFAULT 0,
    is_signature_praised  INTEGER NOT NULL DEFAULT 0,
    staff_messages        INTEGER NOT NULL DEFAULT 0,
    customer_messages     INTEGER NOT NULL DEFAULT 0,
    unread_by_staff       INTEGER NOT NULL DEFAULT 0,
    unread_by_customer    INTEGER NOT NULL DEFAULT 0,
    is_noticed            INTEGER NOT NULL DEFAULT 0,  -- WeChat has told the customer that there is something to read
    last_message_id       INTEGER,                     -- the newest visible message, for the contact list
    radar_count           INTEGER NOT NULL DEFAULT 0,
    interest              REAL    NOT NULL DEFAULT 0,  -- customers::interest: points as of interest_at
    interest_at           INTEGER NOT NULL DEFAULT 0,
    interest_rank         REAL    NOT NULL DEFAULT 0,  -- in the order of the scores, which all fade alike; 0 without points
    qr_code               TEXT    NOT NULL DEFAULT '', -- the mini-program's, with this customer as the one who brings others
    created_at            INTEGER NOT NULL,
    UNIQUE (staff_id, customer_id)
) STRICT;
CREATE INDEX relation_by_customer ON relation (customer_id, last_activity_at);
CREATE INDEX relation_by_parent ON relation (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX relation_by_rate ON relation (staff_id, expected_rate, created_at, id);
-- With `source` and `user_type`, so that a list of one source or kind is filtered inside the index.
CREATE INDEX relation_by_follow ON relation (staff_id, last_follow_at, id, source, user_type);
CREATE INDEX relation_by_activity ON relation (staff_id, last_activity_at, id, source, user_type);
CREATE INDEX relation_by_source ON relation (staff_id, source, expected_rate, created_at, id, user_type);
CREATE INDEX relation_by_type ON relation (staff_id, user_type, expected_rate, created_at, id);
CREATE INDEX relation_by_message ON relation (staff_id, last_message_id) WHERE last_message_id IS NOT NULL;
CREATE INDEX relation_unread ON relation (staff_id) WHERE unread_by_staff > 0;
-- The orders of the back office's list, with what narrows it, so that only rows that are shown are looked up.
CREATE INDEX relation_of_company_by_creation ON relation (company_id, created_at, id, staff_id, source, user_type);
CREATE INDEX relation_of_company_by_activity ON relation (company_id, last_activity_at, id, staff_id, source, user_type);
CREATE INDEX relation_of_company_by_follow ON relation (company_id, last_follow_at, id, staff_id, source, user_type);
CREATE INDEX relation_of_company_by_rate
    ON relation (company_id, expected_rate, created_at, id, staff_id, source, user_type);
CREATE INDEX relation_of_company_by_interest ON relation (company_id, interest_rank, id, staff_id, source, user_type);
-- The conversations that the back office reads: those in which something was said.
CREATE INDEX relation_of_company_by_message ON relation (company_id, last_message_id, staff_id)
    WHERE staff_messages + customer_messages > 0;

-- How many customers a staff member has, by source and kind; kept with the relations.
CREATE TABLE relation_count (
    staff_id  INTEGER NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    source    INTEGER NOT NULL,
    user_type INTEGER NOT NULL,
    relations INTEGER NOT NULL,
    PRIMARY KEY (staff_id, source, user_type)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER relation_made AFTER INSERT ON relation BEGIN
    INSERT INTO relation_count (staff_id, source, user_type, relations)
    VALUES (NEW.staff_id, NEW.source, NEW.user_type, 1) ON CONFLICT DO UPDATE SET relations = relations + 1;
END;
CREATE TRIGGER relation_gone AFTER DELETE ON relation BEGIN
    UPDATE relation_count SET relations = relations - 1
    WHERE staff_id = OLD.staff_id AND source = OLD.source AND user_type = OLD.user_type;
END;
CREATE TRIGGER relation_moved AFTER UPDATE OF source, staff_id ON relation
WHEN (NEW.source, NEW.staff_id) <> (OLD.source, OLD.staff_id) BEGIN
    UPDATE relation_count SET relations = relations - 1
    WHERE staff_id = OLD.staff_id AND source = OLD.source AND user_type = OLD.user_type;
    INSERT INTO relation_count (staff_id, source, user_type, relations)
    VALUES (NEW.staff_id, NEW.source, NEW.user_type, 1) ON CONFLICT DO UPDATE SET relations = relations + 1;
END;

-- What a staff member noted about a customer.
CREATE TABLE customer_note (
    relation_id INTEGER PRIMARY KEY REFERENCES relation (id) ON DELETE CASCADE,
    memo_name   TEXT,
    sex         INTEGER,
    phone       TEXT NOT NULL DEFAULT '',
    email       TEXT NOT NULL DEFAULT '',
    company     TEXT NOT NULL DEFAULT '',
    position    TEXT NOT NULL DEFAULT '',
    address     TEXT NOT NULL DEFAULT '',
    birthday    TEXT NOT NULL DEFAULT '',
    memo        TEXT NOT NULL DEFAULT ''
) STRICT;

-- Customer tags in two levels: groups (no parent) and tags. Without a staff member they are everybody's in the company.
CREATE TABLE tag (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    staff_id   INTEGER REFERENCES staff (id) ON DELETE CASCADE,
    parent_id  INTEGER REFERENCES tag (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX tag_group_by_name ON tag (company_id, name) WHERE parent_id IS NULL;
CREATE UNIQUE INDEX tag_by_name ON tag (company_id, coalesce(staff_id, 0), name) WHERE parent_id IS NOT NULL;
CREATE INDEX tag_groups ON tag (company_id, id) WHERE parent_id IS NULL;
CREATE INDEX tag_by_parent ON tag (parent_id, staff_id, id);
CREATE INDEX tag_by_staff ON tag (staff_id);
CREATE INDEX tag_by_company ON tag (company_id);

-- Which customers of a staff member (the relation's) have which tag.
CREATE TABLE relation_tag (
    relation_id INTEGER NOT NULL REFERENCES relation (id) ON DELETE CASCADE,
    tag_id      INTEGER NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
    staff_id    INTEGER NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    PRIMARY KEY (relation_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX relation_tag_by_tag ON relation_tag (tag_id);
CREATE INDEX relation_tag_by_staff ON relation_tag (staff_id, tag_id, relation_id);

-- How many customers of a staff member have a tag. Kept by triggers: rows of relation_tag also go with their parents.
CREATE TABLE tag_use (
    staff_id  INTEGER NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    tag_id    INTEGER NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
    customers INTEGER NOT NULL,
    PRIMARY KEY (staff_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_use_by_tag ON tag_use (tag_id);
CREATE INDEX tag_use_by_customers ON tag_use (staff_id, customers, tag_id) WHERE customers > 0;
CREATE TRIGGER relation_tag_bound AFTER INSERT ON relation_tag BEGIN
    INSERT INTO tag_use (staff_id, tag_id, customers) VALUES (NEW.staff_id, NEW.tag_id, 1)
    ON CONFLICT (staff_id, tag_id) DO UPDATE SET customers = customers + 1;
END;
CREATE TRIGGER relation_tag_removed AFTER DELETE ON relation_tag BEGIN
    UPDATE tag_use SET customers = customers - 1 WHERE staff_id = OLD.staff_id AND tag_id = OLD.tag_id;
END;

-- Ready phrases for follow-ups; without a staff member they are everybody's in the company.
CREATE TABLE follow_phrase (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    staff_id   INTEGER REFERENCES staff (id) ON DELETE CASCADE,
    text       TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX follow_phrase_by_text ON follow_phrase (company_id, coalesce(staff_id, 0), text);
CREATE INDEX follow_phrase_by_owner ON follow_phrase (company_id, staff_id, id);
CREATE INDEX follow_phrase_by_staff ON follow_phrase (staff_id);

CREATE TABLE follow_up (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id  INTEGER NOT NULL REFERENCES company (id),
    staff_id    INTEGER NOT NULL REFERENCES staff (id),
    customer_id INTEGER NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    text        TEXT    NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX follow_up_by_pair ON follow_up (staff_id, customer_id, created_at, id);
CREATE INDEX follow_up_by_customer ON follow_up (customer_id, created_at, id);

-- ------------------------------------------------------------------------------------------------------------- radar

-- What customers did. The visible line is the customer's name followed by `text`.
CREATE TABLE radar_log (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id    INTEGER NOT NULL REFERENCES company (id),
    staff_id      INTEGER NOT NULL REFERENCES staff (id),
    customer_id   INTEGER NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    action        INTEGER NOT NULL,
    text          TEXT    NOT NULL,
    effect        INTEGER NOT NULL DEFAULT 1,    -- on the figures of its action: 1 counts, 0 is only listed, -1 takes one back that stays counted
    is_seen       INTEGER NOT NULL DEFAULT 0,
    day           INTEGER NOT NULL,
    created_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX radar_log_by_staff ON radar_log (staff_id, created_at, id);
CREATE INDEX radar_log_by_action ON radar_log (staff_id, action, created_at, id);
CREATE INDEX radar_log_by_pair ON radar_log (staff_id, customer_id, created_at, id);
CREATE INDEX radar_log_by_customer ON radar_log (customer_id, created_at, id);
CREATE INDEX radar_log_of_company ON radar_log (company_id, created_at, id);
CREATE INDEX radar_log_of_company_by_action ON radar_log (company_id, action, created_at, id);
CREATE INDEX radar_log_unseen ON radar_log (staff_id, created_at, id) WHERE is_seen = 0;

-- How often each action was done to a staff member on a day, by customer; kept with every radar_log row. `entries` are
-- the rows, `counted` those that count.
CREATE TABLE radar_day (
    staff_id    INTEGER NOT NULL REFERENCES staff (id),
    day         INTEGER NOT NULL,
    customer_id INTEGER NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    action      INTEGER NOT NULL,
    entries     INTEGER NOT NULL,
    counted     INTEGER NOT NULL,
    PRIMARY KEY (staff_id, day, customer_id, action)
) STRICT, WITHOUT ROWID;
CREATE INDEX radar_day_by_customer ON radar_day (customer_id);

-- The same over all customers.
CREATE TABLE radar_action_day (
    staff_id INTEGER NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    day      INTEGER NOT NULL,
    action   INTEGER NOT NULL,
    entries  INTEGER NOT NULL,
    counted  INTEGER NOT NULL,
    PRIMARY KEY (staff_id, day, action)
) STRICT, WITHOUT ROWID;

-- How much each customer did to a staff member within the seven days that end with staff.radar_recent_until, so that
-- the most active ones are found without adding anything up.
CREATE TABLE radar_recent (
    staff_id    INTEGER NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    customer_id INTEGER NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    counted     INTEGER NOT NULL,
    PRIMARY KEY (staff_id, customer_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX radar_recent_by_counted ON radar_recent (staff_id, counted DESC, customer_id);
CREATE INDEX radar_recent_by_customer ON radar_recent (customer_id);

-- The back office's figures by day; kept with the rows they count.
CREATE TABLE stat_day (
    company_id INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    day        INTEGER NOT NULL,
    customers  INTEGER NOT NULL DEFAULT 0,
    follow_ups INTEGER NOT NULL DEFAULT 0,
    views      INTEGER NOT NULL DEFAULT 0,
    forwards   INTEGER NOT NULL DEFAULT 0,
    saves      INTEGER NOT NULL DEFAULT 0,
    praises    INTEGER NOT NULL DEFAULT 0,
    card_views INTEGER NOT NULL DEFAULT 0,       -- action 1 alone
    card_forwards INTEGER NOT NULL DEFAULT 0,    -- action 6 alone
    PRIMARY KEY (company_id, day)
) STRICT, WITHOUT ROWID;

-- What a staff member did on a day. It stays theirs when a customer is handed over or deleted.
CREATE TABLE staff_day (
    staff_id   INTEGER NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    day        INTEGER NOT NULL,
    follow_ups INTEGER NOT NULL DEFAULT 0,
    messages   INTEGER NOT NULL DEFAULT 0,       -- said to customers; greetings are nobody's
    PRIMARY KEY (staff_id, day)
) STRICT, WITHOUT ROWID;

-- -------------------------------------------------------------------------------------------------------------- chat

CREATE TABLE chat_message (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id          INTEGER NOT NULL REFERENCES company (id),
    staff_id            INTEGER NOT NULL REFERENCES staff (id),
    customer_id         INTEGER NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    send_type           INTEGER NOT NULL,        -- 1 staff to customer, 2 customer to staff, 3 system tip, 4 hidden
    info_type           INTEGER NOT NULL,
    content             TEXT    NOT NULL,        -- JSON object, without info_type
    is_first            INTEGER NOT NULL DEFAULT 0,
    is_read_by_staff    INTEGER NOT NULL,
    is_read_by_customer INTEGER NOT NULL,
    created_at          INTEGER NOT NULL
) STRICT;
CREATE INDEX chat_message_by_pair ON chat_message (staff_id, customer_id, id);
CREATE INDEX chat_message_unread_by_staff ON chat_message (staff_id, customer_id, id) WHERE is_read_by_staff = 0;
CREATE INDEX chat_message_unread_by_customer ON chat_message (staff_id, customer_id, id) WHERE is_read_by_customer = 0;
-- By triggers: messages also go with their customer.
CREATE TRIGGER chat_message_counted AFTER INSERT ON chat_message WHEN NEW.send_type IN (1, 2) BEGIN
    UPDATE company SET message_count = message_count + 1 WHERE id = NEW.company_id;
END;
CREATE TRIGGER chat_message_gone AFTER DELETE ON chat_message WHEN OLD.send_type IN (1, 2) BEGIN
    UPDATE company SET message_count = message_count - 1 WHERE id = OLD.company_id;
END;
CREATE INDEX chat_message_by_customer ON chat_message (customer_id, created_at, id);

-- ---------------------------------------------------------------------------------------------------------- products

CREATE TABLE product (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id      INTEGER NOT NULL REFERENCES company (id),
    staff_id        INTEGER REFERENCES staff (id),   -- NULL: the company's
    name            TEXT    NOT NULL,
    price           TEXT    NOT NULL,                -- free text: "50-1380元"
    reason          TEXT    NOT NULL,
    content         TEXT    NOT NULL,                -- JSON {cover_data, article_data}
    status          INTEGER NOT NULL DEFAULT 1,      -- 1 on sale, 2 withdrawn, 3 recommended
    recommend_index INTEGER NOT NULL DEFAULT 0,      -- 0 none … 10 first
    forward_count   INTEGER NOT NULL DEFAULT 0,
    created_at      INTEGER NOT NULL,
    UNIQUE (company_id, name)
) STRICT;
CREATE INDEX product_by_rank ON product (company_id, recommend_index, created_at, id);
CREATE INDEX product_by_staff ON product (staff_id);

-- -------------------------------------------------------------------------------------------------- cases and diaries

-- What a company did for a client (案例), told to its customers in diaries. `case` is a word of SQL.
CREATE TABLE case_study (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id       INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    customer_name    TEXT    NOT NULL,           -- whose case it is
    avatar           TEXT    NOT NULL,
    cover_picture    TEXT    NOT NULL,           -- JSON
    status           INTEGER NOT NULL,           -- 1 published, 2 not
    is_open          INTEGER NOT NULL,           -- whether its diaries may be commented on
    read_count       INTEGER NOT NULL DEFAULT 0,
    collection_count INTEGER NOT NULL DEFAULT 0,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,           -- of the case or of one of its diaries
    UNIQUE (company_id, customer_name)
) STRICT;
-- With `status`, so that those of one status are picked and counted inside the index.
CREATE INDEX case_study_by_update ON case_study (company_id, updated_at, id, status);

CREATE TABLE diary (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id      INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    case_id         INTEGER NOT NULL REFERENCES case_study (id) ON DELETE CASCADE,
    title           TEXT    NOT NULL,
    written_at      INTEGER NOT NULL,            -- the day that it tells of, with a time
    cover_picture   TEXT    NOT NULL,            -- JSON
    content         TEXT    NOT NULL,            -- JSON
    cover_show_type INTEGER NOT NULL,            -- 1 pictures only, 2 videos only
    status          INTEGER NOT NULL,            -- 1 published, 2 not
    read_count      INTEGER NOT NULL DEFAULT 0,
    comment_count   INTEGER NOT NULL DEFAULT 0,  -- refused ones are not counted
    praise_count    INTEGER NOT NULL DEFAULT 0,
    created_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX diary_by_company ON diary (company_id, written_at, id, status);
CREATE INDEX diary_by_case ON diary (case_id, written_at, id, status);

CREATE TABLE case_tag (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id   INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    name         TEXT    NOT NULL,
    search_count INTEGER NOT NULL DEFAULT 0,
    created_at   INTEGER NOT NULL,
    UNIQUE (company_id, name)
) STRICT;
CREATE INDEX case_tag_by_creation ON case_tag (company_id, created_at, id);
CREATE INDEX case_tag_by_searches ON case_tag (company_id, search_count, id);

CREATE TABLE case_study_tag (
    case_id INTEGER NOT NULL REFERENCES case_study (id) ON DELETE CASCADE,
    tag_id  INTEGER NOT NULL REFERENCES case_tag (id) ON DELETE CASCADE,
    PRIMARY KEY (case_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_study_tag_by_tag ON case_study_tag (tag_id, case_id);

-- The tags that a customer has searched by.
CREATE TABLE case_tag_search (
    customer_id INTEGER NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    tag_id      INTEGER NOT NULL REFERENCES case_tag (id) ON DELETE CASCADE,
    searches    INTEGER NOT NULL,
    searched_at INTEGER NOT NULL,
    PRIMARY KEY (customer_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_tag_search_by_time ON case_tag_search (customer_id, searched_at, tag_id);
CREATE INDEX case_tag_search_by_tag ON case_tag_search (tag_id);

-- A row for each time that a customer opened a case (我的足迹).
CREATE TABLE case_visit (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id INTEGER NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    case_id     INTEGER NOT NULL REFERENCES case_study (id) ON DELETE CASCADE,
    created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX case_visit_by_customer ON case_visit (customer_id, created_at, id, case_id);
CREATE INDEX case_visit_by_case ON case_visit (case_id);

CREATE TABLE case_collection (
    customer_id INTEGER NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    case_id     INTEGER NOT NULL REFERENCES case_study (id) ON DELETE CASCADE,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (customer_id, case_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_collection_by_time ON case_collection (customer_id, created_at, case_id);
CREATE INDEX case_collection_by_case ON case_collection (case_id);

-- How often each customer has read a diary.
CREATE TABLE diary_reading (
    customer_id INTEGER NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    diary_id    INTEGER NOT NULL REFERENCES diary (id) ON DELETE CASCADE,
    readings    INTEGER NOT NULL,
    PRIMARY KEY (customer_id, diary_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX diary_reading_by_diary ON diary_reading (diary_id);

CREATE TABLE diary_praise (
    customer_id INTEGER NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    diary_id    INTEGER NOT NULL REFERENCES diary (id) ON DELETE CASCADE,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (customer_id, diary_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX diary_praise_by_diary ON diary_praise (diary_id);

CREATE TABLE diary_comment (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id  INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    diary_id    INTEGER NOT NULL REFERENCES diary (id) ON DELETE CASCADE,
    customer_id INTEGER NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    content     TEXT    NOT NULL,
    status      INTEGER NOT NULL,                -- 0 waiting, 1 passed, 2 refused
    created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX diary_comment_by_diary ON diary_comment (diary_id, created_at, id, status, customer_id);
CREATE INDEX diary_comment_by_company ON diary_comment (company_id, created_at, id);
CREATE INDEX diary_comment_by_status ON diary_comment (company_id, status, created_at, id);
CREATE INDEX diary_comment_by_customer ON diary_comment (customer_id);

-- The counters of the tables above follow their rows by triggers, because rows also go with a deleted customer.
CREATE TRIGGER case_visit_put AFTER INSERT ON case_visit BEGIN
    UPDATE case_study SET read_count = read_count + 1 WHERE id = NEW.case_id;
END;
CREATE TRIGGER case_visit_gone AFTER DELETE ON case_visit BEGIN
    UPDATE case_study SET read_count = read_count - 1 WHERE id = OLD.case_id;
END;
CREATE TRIGGER case_collection_put AFTER INSERT ON case_collection BEGIN
    UPDATE case_study SET collection_count = collection_count + 1 WHERE id = NEW.case_id;
END;
CREATE TRIGGER case_collection_gone AFTER DELETE ON case_collection BEGIN
    UPDATE case_study SET collection_count = collection_count - 1 WHERE id = OLD.case_id;
END;
CREATE TRIGGER case_tag_search_put AFTER INSERT ON case_tag_search BEGIN
    UPDATE case_tag SET search_count = search_count + NEW.searches WHERE id = NEW.tag_id;
END;
CREATE TRIGGER case_tag_search_again AFTER UPDATE OF searches ON case_tag_search BEGIN
    UPDATE case_tag SET search_count = search_count + NEW.searches - OLD.searches WHERE id = NEW.tag_id;
END;
CREATE TRIGGER case_tag_search_gone AFTER DELETE ON case_tag_search BEGIN
    UPDATE case_tag SET search_count = search_count - OLD.searches WHERE id = OLD.tag_id;
END;
CREATE TRIGGER diary_reading_put AFTER INSERT ON diary_reading BEGIN
    UPDATE diary SET read_count = read_count + NEW.readings WHERE id = NEW.diary_id;
END;
CREATE TRIGGER diary_reading_again AFTER UPDATE OF readings ON diary_reading BEGIN
    UPDATE diary SET read_count = read_count + NEW.readings - OLD.readings WHERE id = NEW.diary_id;
END;
CREATE TRIGGER diary_reading_gone AFTER DELETE ON diary_reading BEGIN
    UPDATE diary SET read_count = read_count - OLD.readings WHERE id = OLD.diary_id;
END;
CREATE TRIGGER diary_praise_put AFTER INSERT ON diary_praise BEGIN
    UPDATE diary SET praise_count = praise_count + 1 WHERE id = NEW.diary_id;
END;
CREATE TRIGGER diary_praise_gone AFTER DELETE ON diary_praise BEGIN
    UPDATE diary SET praise_count = praise_count - 1 WHERE id = OLD.diary_id;
END;
CREATE TRIGGER diary_comment_put AFTER INSERT ON diary_comment WHEN NEW.status <> 2 BEGIN
    UPDATE diary SET comment_count = comment_count + 1 WHERE id = NEW.diary_id;
END;
CREATE TRIGGER diary_comment_audited AFTER UPDATE OF status ON diary_comment BEGIN
    UPDATE diary SET comment_count = comment_count + (NEW.status <> 2) - (OLD.status <> 2) WHERE id = NEW.diary_id;
END;
CREATE TRIGGER diary_comment_gone AFTER DELETE ON diary_comment WHEN OLD.status <> 2 BEGIN
    UPDATE diary SET comment_count = comment_count - 1 WHERE id = OLD.diary_id;
END;

-- ----------------------------------------------------------------------------------------------------------- website

CREATE TABLE website (
    company_id INTEGER PRIMARY KEY REFERENCES company (id) ON DELETE CASCADE,
    content    TEXT    NOT NULL,                 -- JSON list of {type, data}
    updated_at INTEGER NOT NULL
) STRICT;

-- Of all companies.
CREATE TABLE website_template (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT    NOT NULL DEFAULT '',
    content    TEXT    NOT NULL,                 -- as website.content
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX website_template_by_creation ON website_template (created_at, id);


-- --------------------------------------------------------------------------------------------- articles and plugins

-- A card that articles show (名片插件).
CREATE TABLE card_plugin (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id   INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    admin_id     INTEGER REFERENCES admin (id) ON DELETE SET NULL,  -- NULL: its owner is gone, so everybody's
    name         TEXT    NOT NULL,
    username     TEXT    NOT NULL,
    avatar       TEXT    NOT NULL DEFAULT '',
    phone        TEXT    NOT NULL DEFAULT '',
    webchat_code TEXT    NOT NULL DEFAULT '',
    position     TEXT    NOT NULL DEFAULT '',
    created_at   INTEGER NOT NULL,
    UNIQUE (admin_id, name)
) STRICT;
CREATE INDEX card_plugin_by_company ON card_plugin (company_id, created_at, id);

-- A sign-up activity that articles show (报名插件).
CREATE TABLE activity (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id     INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    admin_id       INTEGER REFERENCES admin (id) ON DELETE SET NULL,
    title          TEXT    NOT NULL,
    ad_slogan      TEXT    NOT NULL,
    sign_up_button TEXT    NOT NULL,
    introduce      TEXT    NOT NULL,
    leave_message  TEXT    NOT NULL DEFAULT '',  -- what the field for a message says
    skip_link      TEXT    NOT NULL DEFAULT '',
    is_phone_code_wanted INTEGER NOT NULL DEFAULT 0,
    read_count     INTEGER NOT NULL DEFAULT 0,   -- readings of articles that showed it
    sign_up_count  INTEGER NOT NULL DEFAULT 0,
    created_at     INTEGER NOT NULL,
    UNIQUE (company_id, title)
) STRICT;
CREATE INDEX activity_by_company ON activity (company_id, created_at, id);
CREATE INDEX activity_by_admin ON activity (admin_id);

CREATE TABLE sign_up (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    activity_id   INTEGER NOT NULL REFERENCES activity (id) ON DELETE CASCADE,
    customer_id   INTEGER REFERENCES customer (id) ON DELETE CASCADE,  -- NULL: entered in the back office
    staff_id      INTEGER REFERENCES staff (id),
    name          TEXT    NOT NULL,
    phone         TEXT    NOT NULL,
    leave_message TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    UNIQUE (activity_id, phone)
) STRICT;
CREATE INDEX sign_up_by_activity ON sign_up (activity_id, created_at, id);
CREATE INDEX sign_up_by_customer ON sign_up (customer_id);
CREATE INDEX sign_up_by_staff ON sign_up (staff_id);

-- A good that articles show (商品插件).
CREATE TABLE goods_plugin (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    admin_id   INTEGER REFERENCES admin (id) ON DELETE SET NULL,  -- NULL: its owner is gone, so everybody's
    title      TEXT    NOT NULL,
    content    TEXT    NOT NULL,                 -- JSON {goods_data, cover_data}
    created_at INTEGER NOT NULL,
    UNIQUE (admin_id, title)
) STRICT;
CREATE INDEX goods_plugin_by_company ON goods_plugin (company_id, created_at, id);

-- Articles of the official account.
CREATE TABLE article (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id      INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    admin_id        INTEGER REFERENCES admin (id) ON DELETE SET NULL,  -- the author
    title           TEXT    NOT NULL,
    summary         TEXT    NOT NULL DEFAULT '',
    cover           TEXT    NOT NULL DEFAULT '',
    content         TEXT    NOT NULL,            -- sanitised HTML, or JSON {cover_data, article_data}
    insert_ads      TEXT    NOT NULL DEFAULT '', -- what it shows beside its text, as the editor wrote it
    card_plugin_id  INTEGER REFERENCES card_plugin (id),   -- read from insert_ads, as the next two
    activity_id     INTEGER REFERENCES activity (id),
    goods_plugin_id INTEGER REFERENCES goods_plugin (id),
    status          INTEGER NOT NULL DEFAULT 1,  -- 1 published, 2 draft, 3 deleted
    source          INTEGER NOT NULL DEFAULT 1,  -- 1 original, 2 reprinted
    read_count      INTEGER NOT NULL DEFAULT 0,
    friend_forward_count  INTEGER NOT NULL DEFAULT 0,
    moments_forward_count INTEGER NOT NULL DEFAULT 0,
    forward_count   INTEGER NOT NULL DEFAULT 0,  -- both kinds
    comment_count   INTEGER NOT NULL DEFAULT 0,  -- all
    audited_comment_count INTEGER NOT NULL DEFAULT 0,
    preview_code    TEXT    NOT NULL DEFAULT '', -- picture of the QR code that opens the preview
    created_at      INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX article_by_title ON article (admin_id, title) WHERE status <> 3;
CREATE INDEX article_by_author ON article (admin_id);
CREATE INDEX article_by_creation ON article (company_id, created_at, id, status) WHERE status <> 3;
CREATE INDEX article_by_reads ON article (company_id, read_count, id, status) WHERE status <> 3;
CREATE INDEX article_by_forwards ON article (company_id, forward_count, id, status) WHERE status <> 3;
CREATE INDEX article_by_company ON article (company_id);
CREATE INDEX article_by_card_plugin ON article (card_plugin_id) WHERE card_plugin_id IS NOT NULL;
CREATE INDEX article_by_activity ON article (activity_id) WHERE activity_id IS NOT NULL;
CREATE INDEX article_by_goods_plugin ON article (goods_plugin_id) WHERE goods_plugin_id IS NOT NULL;

CREATE TABLE article_tag (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id      INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    name            TEXT    NOT NULL,
    reading_seconds INTEGER NOT NULL,            -- who reads so long gets the tag
    created_at      INTEGER NOT NULL,
    UNIQUE (company_id, name)
) STRICT;
CREATE INDEX article_tag_by_company ON article_tag (company_id, id);

CREATE TABLE article_tag_link (
    article_id INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    tag_id     INTEGER NOT NULL REFERENCES article_tag (id) ON DELETE CASCADE,
    PRIMARY KEY (article_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_tag_link_by_tag ON article_tag_link (tag_id);

-- A place in the tree in which an article spread: who read it, from whose link, how far from the staff member.
CREATE TABLE article_reader (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id      INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    article_id      INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    staff_id        INTEGER NOT NULL REFERENCES staff (id),
    customer_id     INTEGER NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    -- The customer who passed it on, 0 the staff member. No reference: the place stays when that customer is deleted.
    parent_id       INTEGER NOT NULL,
    -- The place of the parent that this one hangs on; NULL from the staff member, and where the parent has none (any more).
    above_id        INTEGER REFERENCES article_reader (id) ON DELETE SET NULL,
    level           INTEGER NOT NULL,            -- 1 from the staff member, one more from reader to reader
    has_children    INTEGER NOT NULL DEFAULT 0,
    read_count      INTEGER NOT NULL DEFAULT 0,
    friend_forward_count  INTEGER NOT NULL DEFAULT 0,
    moments_forward_count INTEGER NOT NULL DEFAULT 0,
    stay            INTEGER NOT NULL DEFAULT 0,  -- milliseconds
    last_read_at    INTEGER,
    created_at      INTEGER NOT NULL,
    UNIQUE (article_id, customer_id, staff_id, parent_id)
) STRICT;
CREATE INDEX article_reader_by_stay ON article_reader (article_id, staff_id, level, stay DESC, id);
-- All of an article, in each order that a list can have; with what it is narrowed to.
CREATE INDEX article_reader_by_longest ON article_reader (article_id, stay DESC, id, staff_id, level);
CREATE INDEX article_reader_by_readings ON article_reader (article_id, read_count DESC, id, staff_id, level);
CREATE INDEX article_reader_by_forwards
    ON article_reader (article_id, friend_forward_count + moments_forward_count DESC, id, staff_id, level);
CREATE INDEX article_reader_by_last_reading ON article_reader (article_id, last_read_at DESC, id, staff_id, level);
-- The tree: what hangs on a staff member, and on a place.
CREATE INDEX article_reader_first ON article_reader (article_id, staff_id, read_count DESC, id) WHERE above_id IS NULL;
CREATE INDEX article_reader_below ON article_reader (above_id, read_count DESC, id) WHERE above_id IS NOT NULL;
CREATE INDEX article_reader_by_customer ON article_reader (customer_id, staff_id);
CREATE INDEX article_reader_by_staff ON article_reader (staff_id);
CREATE INDEX article_reader_by_company ON article_reader (company_id);

-- How many places of the tree are on a level, and what their readers did; kept with article_reader.
CREATE TABLE article_level (
    article_id    INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    staff_id      INTEGER NOT NULL REFERENCES staff (id),
    level         INTEGER NOT NULL,
    readers       INTEGER NOT NULL,
    read_count    INTEGER NOT NULL DEFAULT 0,
    forward_count INTEGER NOT NULL DEFAULT 0,
    stay          INTEGER NOT NULL DEFAULT 0,    -- milliseconds
    PRIMARY KEY (article_id, staff_id, level)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_level_by_staff ON article_level (staff_id);

-- One opening of an article.
CREATE TABLE article_access (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id  INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    customer_id INTEGER NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    reader_id   INTEGER REFERENCES article_reader (id) ON DELETE CASCADE,  -- NULL: nobody's link
    activity_id INTEGER,                         -- the activity that was shown; it may be gone
    stay        INTEGER NOT NULL DEFAULT 0,      -- milliseconds
    last_at     INTEGER NOT NULL,                -- the last sign of life
    created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX article_access_by_article ON article_access (article_id);
CREATE INDEX article_access_by_customer ON article_access (customer_id, activity_id, id);
CREATE INDEX article_access_by_reader ON article_access (reader_id);

CREATE TABLE article_comment (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id  INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    article_id  INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    customer_id INTEGER NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    content     TEXT    NOT NULL,
    status      INTEGER NOT NULL DEFAULT 0,      -- 0 waits to be audited, 1 shown to everybody
    created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX article_comment_by_company ON article_comment (company_id, id);
CREATE INDEX article_comment_by_status ON article_comment (company_id, status, id);
CREATE INDEX article_comment_by_article ON article_comment (article_id, status, id);
CREATE INDEX article_comment_of_article ON article_comment (article_id, id);
CREATE INDEX article_comment_by_customer ON article_comment (customer_id, article_id, status);

-- A customer is deleted with everything below; these keep the counters right then.
CREATE TRIGGER sign_up_deleted AFTER DELETE ON sign_up BEGIN
    UPDATE activity SET sign_up_count = sign_up_count - 1 WHERE id = old.activity_id;
END;
CREATE TRIGGER article_reader_active
AFTER UPDATE OF read_count, friend_forward_count, moments_forward_count, stay ON article_reader BEGIN
    UPDATE article_level
    SET read_count = read_count + new.read_count - old.read_count,
        forward_count = forward_count + new.friend_forward_count + new.moments_forward_count
                        - old.friend_forward_count - old.moments_forward_count,
        stay = stay + new.stay - old.stay
    WHERE article_id = new.article_id AND staff_id = new.staff_id AND level = new.level;
END;
CREATE TRIGGER article_reader_deleted AFTER DELETE ON article_reader BEGIN
    UPDATE article_level
    SET readers = readers - 1, read_count = read_count - old.read_count,
        forward_count = forward_count - old.friend_forward_count - old.moments_forward_count,
        stay = stay - old.stay
    WHERE article_id = old.article_id AND staff_id = old.staff_id AND level = old.level;
    UPDATE article SET friend_forward_count = friend_forward_count - old.friend_forward_count,
                       moments_forward_count = moments_forward_count - old.moments_forward_count,
                       forward_count = forward_count - old.friend_forward_count - old.moments_forward_count
    WHERE id = old.article_id;
END;
CREATE TRIGGER article_access_deleted AFTER DELETE ON article_access BEGIN
    UPDATE article SET read_count = read_count - 1 WHERE id = old.article_id;
    UPDATE activity SET read_count = read_count - 1 WHERE id = old.activity_id;
END;
CREATE TRIGGER article_comment_deleted AFTER DELETE ON article_comment BEGIN
    UPDATE article SET comment_count = comment_count - 1,
                       audited_comment_count = audited_comment_count - old.status
    WHERE id = old.article_id;
END;

-- ------------------------------------------------------------------------------------------------------------ WeChat

-- Calls to WeChat that may wait: retried with back-off until they get through or are given up.
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    kind       TEXT    NOT NULL,
    recipient  TEXT    NOT NULL DEFAULT '',      -- a salesperson's userid, a reader's id: what waits for one stays in order
    payload    TEXT    NOT NULL,                 -- JSON, by kind
    state      INTEGER NOT NULL DEFAULT 0,       -- 0 waiting, 1 delivered, 2 given up
    attempts   INTEGER NOT NULL DEFAULT 0,
    next_at    INTEGER NOT NULL,
    last_error TEXT    NOT NULL DEFAULT '',
    done_at    INTEGER,                          -- delivered or given up
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (kind, next_at, id) WHERE state = 0;
CREATE INDEX outbox_to ON outbox (company_id, kind, recipient) WHERE state = 0;
CREATE INDEX outbox_done ON outbox (state, done_at) WHERE state <> 0;
CREATE INDEX outbox_by_company ON outbox (company_id);
CREATE INDEX outbox_by_state ON outbox (company_id, state);

-- What WeChat has pushed to us for an official account lately: it repeats what it thinks was not received.
CREATE TABLE official_push (
    company_id INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    push       TEXT    NOT NULL,                 -- the message's id; of an event, who and when
    created_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, push)
) STRICT, WITHOUT ROWID;
CREATE INDEX official_push_by_age ON official_push (created_at);

-- The newest component_verify_ticket of each third-party platform, and when WeChat made it.
CREATE TABLE platform_ticket (
    platform   TEXT    PRIMARY KEY,              -- 'xcx' or 'gzh'
    ticket     TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What an authorised mini-program or official account gave us.
CREATE TABLE platform_authorizer (
    company_id    INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    platform      TEXT    NOT NULL,
    app_id        TEXT    NOT NULL,
    refresh_token TEXT    NOT NULL,              -- encrypted
    created_at    INTEGER NOT NULL,
    PRIMARY KEY (company_id, platform)
) STRICT, WITHOUT ROWID;
CREATE INDEX platform_authorizer_by_app ON platform_authorizer (platform, app_id);

-- The mini-program or official account that a company named in order to authorise it, and what WeChat tells of it.
-- It stays when the authorisation ends.
CREATE TABLE platform_account (
    company_id       INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    platform         TEXT    NOT NULL,           -- 'xcx' or 'gzh'
    app_id           TEXT    NOT NULL,
    admin_id         INTEGER REFERENCES admin (id) ON DELETE SET NULL, -- who named it
    changed_at       INTEGER NOT NULL DEFAULT 0, -- when, at WeChat, it was last authorised or the contrary
    name             TEXT    NOT NULL DEFAULT '',
    head_img         TEXT    NOT NULL DEFAULT '',
    introduction     TEXT    NOT NULL DEFAULT '',
    service_category TEXT    NOT NULL DEFAULT '',
    is_edited        INTEGER NOT NULL DEFAULT 0, -- these four were written by hand
    original_id      TEXT    NOT NULL DEFAULT '', -- gh_…
    principal_name   TEXT    NOT NULL DEFAULT '',
    qr_code          TEXT    NOT NULL DEFAULT '',
    is_verified      INTEGER NOT NULL DEFAULT 0,
    template_id      TEXT    NOT NULL DEFAULT '', -- an official account's message template for missed chat messages
    created_at       INTEGER NOT NULL,
    PRIMARY KEY (company_id, platform),
    UNIQUE (platform, app_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX platform_account_by_admin ON platform_account (admin_id);

-- Mini-programs that were authorised, so that their code is released here; with the status that is shown.
CREATE TABLE xcx_app (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    app_id     TEXT    NOT NULL,
    status     INTEGER NOT NULL DEFAULT 0,       -- 0 to 12, platform::Status
    reason     TEXT    NOT NULL DEFAULT '',      -- why WeChat refused
    status_at  INTEGER NOT NULL,
    version_id INTEGER REFERENCES xcx_version (id) ON DELETE SET NULL, -- which version the status is about
    created_at INTEGER NOT NULL,
    UNIQUE (company_id, app_id)
) STRICT;
CREATE INDEX xcx_app_by_company ON xcx_app (company_id, id);
CREATE INDEX xcx_app_by_app_id ON xcx_app (app_id);
CREATE INDEX xcx_app_by_version ON xcx_app (version_id);

-- What was uploaded to them, and what became of it.
CREATE TABLE xcx_version (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    xcx_app_id   INTEGER NOT NULL REFERENCES xcx_app (id) ON DELETE CASCADE,
    version      TEXT    NOT NULL,
    template_id  INTEGER NOT NULL,
    description  TEXT    NOT NULL,
    qr_code      TEXT    NOT NULL DEFAULT '',    -- of the trial version
    review       INTEGER NOT NULL DEFAULT 0,     -- 0 not handed in, 1 pending, 2 passed, 3 failed, 4 withdrawn
    audit_id     INTEGER,                        -- WeChat's number of the review
    uploaded_at  INTEGER NOT NULL,
    submitted_at INTEGER,
    reviewed_at  INTEGER,
    released_at  INTEGER,
    reverted_at  INTEGER
) STRICT;
CREATE INDEX xcx_version_by_app ON xcx_version (xcx_app_id, id);
CREATE INDEX xcx_version_pending ON xcx_version (xcx_app_id, id) WHERE review = 1;
CREATE INDEX xcx_version_online ON xcx_version (xcx_app_id, released_at, id)
    WHERE released_at IS NOT NULL AND reverted_at IS NULL;

-- -------------------------------------------------------------------------------------------------------------- mall

-- The mall's own settings; the merchant's number and key are settings (company.N.pay.…).
CREATE TABLE mall (
    company_id INTEGER PRIMARY KEY REFERENCES company (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Classes of goods: a tree in each company.
CREATE TABLE goods_class (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    parent_id  INTEGER REFERENCES goods_class (id),
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX goods_class_by_company ON goods_class (company_id, id);
CREATE INDEX goods_class_by_parent ON goods_class (parent_id);

CREATE TABLE good (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id      INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    class_id        INTEGER REFERENCES goods_class (id),
    name            TEXT    NOT NULL,
    price_fen       INTEGER NOT NULL CHECK (price_fen >= 0),
    inventory       INTEGER NOT NULL CHECK (inventory >= 0),
    sold_count      INTEGER NOT NULL DEFAULT 0,
    forward_count   INTEGER NOT NULL DEFAULT 0,
    status          INTEGER NOT NULL DEFAULT 1,      -- 1 on sale, 2 not yet, 3 sold out, 4 withdrawn
    recommend_index INTEGER NOT NULL DEFAULT 0,      -- 0 none … 10 first
    pictures        TEXT    NOT NULL DEFAULT '[]',   -- JSON list of addresses, the first is the cover
    detail_pictures TEXT    NOT NULL DEFAULT '[]',
    description     TEXT    NOT NULL DEFAULT '',
    created_at      INTEGER NOT NULL,
    UNIQUE (company_id, name)
) STRICT;
CREATE INDEX good_by_rank ON good (company_id, recommend_index, created_at, id);
CREATE INDEX good_by_class ON good (class_id);

-- What customers buy in the mall. Name, picture and price are those of the moment: the good may change or go.
CREATE TABLE mall_order (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id       INTEGER NOT NULL REFERENCES company (id),
    number           TEXT    NOT NULL UNIQUE,          -- out_trade_no
    customer_id      INTEGER REFERENCES customer (id) ON DELETE SET NULL,
    staff_id         INTEGER REFERENCES staff (id) ON DELETE SET NULL,  -- to whom it is credited
    good_id          INTEGER REFERENCES good (id) ON DELETE SET NULL,
    good_name        TEXT    NOT NULL,
    good_picture     TEXT    NOT NULL DEFAULT '',
    unit_price_fen   INTEGER NOT NULL,
    quantity         INTEGER NOT NULL CHECK (quantity > 0),
    amount_fen       INTEGER NOT NULL CHECK (amount_fen > 0),
    phone            TEXT    NOT NULL DEFAULT '',
    state            INTEGER NOT NULL DEFAULT 1,       -- 1 unpaid, 8 paid, 7 received, 9 failed, 10 cancelled,
                                                       -- 4 refund wanted, 2 refunded, 3 refund failed, 5 refund refused
    held             INTEGER NOT NULL,                 -- pieces of it taken out of the good's inventory
    app_id           TEXT    NOT NULL,                 -- whose customers pay, and to which merchant
    mch_id           TEXT    NOT NULL,
    prepay_id        TEXT,
    transaction_id   TEXT    NOT NULL DEFAULT '',
    refund_number    TEXT,                             -- set as soon as money may be on its way back
    refund_tries     INTEGER NOT NULL DEFAULT 0,       -- refunds that WeChat took and did not bring to an end
    refund_reason    TEXT    NOT NULL DEFAULT '',      -- the customer's
    refund_answer    TEXT    NOT NULL DEFAULT '',      -- why it was refused, or failed
    created_at       INTEGER NOT NULL,
    paid_at          INTEGER,
    ended_at         INTEGER,
    refund_wanted_at INTEGER,
    refunded_at      INTEGER,
    check_at         INTEGER,                          -- when WeChat is to be asked about it; NULL: not at all
    checks           INTEGER NOT NULL DEFAULT 0        -- times that WeChat could not be asked, in a row
) STRICT;
CREATE INDEX mall_order_by_creation ON mall_order (company_id, created_at, id);
CREATE INDEX mall_order_by_state ON mall_order (company_id, state, created_at, id);
CREATE INDEX mall_order_by_customer ON mall_order (customer_id, created_at, id, state);
CREATE INDEX mall_order_by_staff ON mall_order (staff_id, created_at, id, state);
CREATE INDEX mall_order_by_good ON mall_order (good_id);
CREATE INDEX mall_order_to_check ON mall_order (check_at) WHERE check_at IS NOT NULL;

-- ----------------------------------------------------------------------------------------------------------- scripts

-- Groups of scripts (话术分组).
CREATE TABLE script_group (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    staff_id   INTEGER REFERENCES staff (id) ON DELETE SET NULL,  -- who looks after it
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (company_id, name)
) STRICT;
CREATE INDEX script_group_by_creation ON script_group (company_id, created_at, id);
CREATE INDEX script_group_by_staff ON script_group (staff_id);

-- Scripts (话术): ready answers for a chat.
CREATE TABLE script (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id INTEGER NOT NULL REFERENCES company (id) ON DELETE CASCADE,
    group_id   INTEGER NOT NULL REFERENCES script_group (id),
    content    TEXT    NOT NULL,
    use_count  INTEGER NOT NULL DEFAULT 0,       -- how often it was sent
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX script_by_creation ON script (company_id, created_at, id);
CREATE INDEX script_by_group ON script (group_id, created_at, id);
