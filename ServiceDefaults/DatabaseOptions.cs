namespace Payments.ServiceDefaults;

/// <summary>Section <c>Database</c>: how a service uses its login.</summary>
public sealed class DatabaseOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Database";

    /// <summary>Lets the service run as a superuser or as the owner of the database, of the schemas or of the tables; it warns at every start. Only for a trial.</summary>
    public bool RunAsOwner { get; set; }
}
