# DStream's configuration. Every key is described in docs/configuration.md; those that are commented out stand here
# with their defaults. Secrets come from the environment: {{ env \"NAME\" }} or ${env("NAME")} inside a string.

ingester {
    db_type = "sqlserver"

    # ADO.NET form, or sqlserver://user:password@host:1433?database=name
    db_connection_string = "{{ env \"DSTREAM_DB_CONNECTION_STRING\" }}"

    # Topics are named server.database.table.events. Both names come from the connection string; set them to keep the
    # topics when the server moves, and to let the router run without the database's password.
    # server_name   = "db1"
    # database_name = "TestDB"

    # read_mode      = "auto"     # "function", "change_table"
    # update_images  = "after"    # "both" also sends the row before an update
    # values         = "typed"    # "string" writes every value as a JSON string
    # max_page_bytes = 4194304

    poll_interval_defaults {
        poll_interval = "5s"
        max_poll_interval = "2m"
    }

    queue {
        type = "servicebus"       # or "rabbitmq", "memory"
        name = "ingest-queue"
        connection_string = "{{ env \"DSTREAM_INGEST_CONNECTION_STRING\" }}"
        # transport = "amqp"      # "amqp_websockets" needs only port 443
        # create = true           # false: an administrator makes the queue
        # duplicates = "detect"   # "accept" for type "rabbitmq", which drops no copies
    }

    locks {
        type = "azure_blob"       # or "memory", for a single process
        connection_string = "{{ env \"DSTREAM_BLOB_CONNECTION_STRING\" }}"
        container_name = "locks"
        # lease_duration = "30s"
    }

    # checkpoints {
    #     create_table  = true    # false: an administrator runs the script in deploy/sql
    #     idle_interval = "1m"
    # }

    # A name without a schema is in dbo; also "sales.Orders" and "[my schema].[my table]".
    tables = ["Persons"]

    tables_overrides {
        overrides {
            table_name = "Persons"
            poll_interval = "5s"
            max_poll_interval = "10m"
            # read_mode     = "auto"
            # update_images = "after"
        }
    }
}

# Also written router { ... }
publisher {
    # sessions     = 32
    # destinations = ["server.database.table.events"]    # instead of those of the ingester's tables

    source {
        type = "azure_service_bus"
        # name = "ingest-queue"   # that of the ingester's queue
        connection_string = "{{ env \"DSTREAM_PUBLISHER_CONNECTION_STRING\" }}"
        # transport = "amqp"
        # create = true
    }

    output {
        type = "azure_service_bus"    # or "rabbitmq", "amqp", "console", "memory"
        connection_string = "{{ env \"DSTREAM_PUBLISHER_CONNECTION_STRING\" }}"
        # transport    = "amqp"
        # address      = "{destination}"    # for type "amqp"
        # subscription = "sub1"
        # create       = true
        # duplicates   = "detect"
    }
}
