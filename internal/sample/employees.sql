-- Who may use the back office. The rows themselves are made in employees.go.
CREATE TABLE {p}profile (id_profile INT UNSIGNED PRIMARY KEY) DEFAULT CHARSET=utf8 COLLATE=utf8_general_ci;
CREATE TABLE {p}profile_lang (id_lang INT UNSIGNED NOT NULL, id_profile INT UNSIGNED NOT NULL, name VARCHAR(128) NOT NULL, PRIMARY KEY (id_profile, id_lang)) DEFAULT CHARSET=utf8 COLLATE=utf8_general_ci;
CREATE TABLE {p}employee (id_employee INT UNSIGNED PRIMARY KEY, id_profile INT UNSIGNED NOT NULL, lastname VARCHAR(32) NOT NULL, firstname VARCHAR(32) NOT NULL, email VARCHAR(128) NOT NULL, passwd VARCHAR(32) NOT NULL, last_passwd_gen TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, active TINYINT UNSIGNED NOT NULL DEFAULT 0) DEFAULT CHARSET=utf8 COLLATE=utf8_general_ci;
INSERT INTO {p}profile VALUES (1), (2), (3);
INSERT INTO {p}profile_lang VALUES (1, 1, 'SuperAdmin'), (1, 2, 'Front desk'), (1, 3, 'Bookkeeping');
