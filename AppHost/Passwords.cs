namespace Payments.AppHost;

/// <summary>
/// The logins' passwords, and the key that makes card numbers unreadable. Fixed ones for a server that only this machine reaches: a newly made one would lock out of the data of the
/// run before. <c>Parameters:…</c> overrides each; a published application asks for all of them.
/// </summary>
internal sealed record Passwords(
    IResourceBuilder<ParameterResource> Postgres,
    IResourceBuilder<ParameterResource> Api,
    IResourceBuilder<ParameterResource> Worker,
    IResourceBuilder<ParameterResource> Bi,
    IResourceBuilder<ParameterResource> CardHashKey)
{
    public static Passwords AddTo(IDistributedApplicationBuilder builder)
    {
        return new Passwords(Add("postgres-password"), Add("api-password"), Add("worker-password"), Add("bi-password"), Add("cards-hash-key"));

        IResourceBuilder<ParameterResource> Add(string name) =>
            builder.AddParameter(name, builder.Configuration[$"Parameters:{name}"] ?? $"payments-dev-{name}", secret: true);
    }
}
