import pytest

from crm.settings import SettingsError, load


def test_all_faults_are_named_at_once_each_with_the_way_out(tmp_path):
    environ = {
        "CRM_DATA_DIR": str(tmp_path), "CRM_DATABASE_URL": "mysql://host/db", "CRM_SMTP_URL": "mail.example.com", "CRM_LOCALE": "fr",
        "CRM_TIMEZONE": "Mars/Olympus", "CRM_REGION": "germany", "CRM_LISTEN_SMTP": "2525", "CRM_REDIS_URL": "http://x",
        "CRM_IMAP_URLS": "imaps://u:p@host/INBOX pop3://host", "CRM_BASE_URL": "crm.example.com",
    }
    with pytest.raises(SettingsError) as refused:
        load(environ)
    faults = refused.value.faults
    assert {fault.split()[0] for fault in faults} == set(environ) - {"CRM_DATA_DIR"}
    assert all("give" in fault or "choose" in fault for fault in faults)


def test_what_the_environment_does_not_say_is_read_from_the_data_directory(tmp_path):
    (tmp_path / ".env").write_text("CRM_LOCALE=de\nCRM_REGION=AT-9\n")
    settings = load({"CRM_DATA_DIR": str(tmp_path), "CRM_REGION": "CH"})
    assert (settings.locale, settings.region) == ("de", "CH")


def test_the_secret_key_is_made_once_and_kept_private(tmp_path):
    first = load({"CRM_DATA_DIR": str(tmp_path)}).secret_key
    assert load({"CRM_DATA_DIR": str(tmp_path)}).secret_key == first
    assert len(first) > 40
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_a_data_directory_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match=r"cannot be written .* set CRM_DATA_DIR to another folder"):
        load({"CRM_DATA_DIR": str(tmp_path / "file" / "var")})


def test_a_postgresql_address_gets_the_driver_we_use(tmp_path):
    settings = load({"CRM_DATA_DIR": str(tmp_path), "CRM_DATABASE_URL": "postgres://u@h/d"})
    assert settings.database_url == "postgresql+psycopg://u@h/d"
    assert not settings.is_sqlite


def test_the_database_lies_in_the_data_directory_by_default(tmp_path):
    assert load({"CRM_DATA_DIR": str(tmp_path)}).database_url == f"sqlite:///{tmp_path / 'crm.sqlite'}"
