namespace Payments.AppHost.Data;

/// <summary>Connection strings made of a server's place and one login, so that no service is given another's password.</summary>
internal static class Login
{
    /// <summary>The connection string of a login.</summary>
    /// <param name="server">Host, port and database, as the beginning of a connection string.</param>
    /// <param name="user">The login.</param>
    /// <param name="password">Its password.</param>
    public static ReferenceExpression ConnectionString(ReferenceExpression server, string user, ParameterResource password) =>
        ReferenceExpression.Create($"{server};Username={user};Password='{new Quoted(password)}'");

    /// <summary>A password between single quotes, as connection strings take it: whatever it has in it (semicolons, spaces) belongs to it.</summary>
    private sealed class Quoted(ParameterResource password) : IValueProvider, IManifestExpressionProvider, IValueWithReferences
    {
        public string ValueExpression => password.ValueExpression;

        public IEnumerable<object> References => [password];

        public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) =>
            (await password.GetValueAsync(cancellationToken))?.Replace("'", "''", StringComparison.Ordinal);
    }
}
