namespace Payments.Database;

/// <summary>What a migration did, or (from a dry run) would do, in order; one line each.</summary>
/// <param name="Actions">For example <c>run migrations/0004_create_payments.sql</c>; empty when everything was up to date.</param>
public sealed record MigrationResult(IReadOnlyList<string> Actions);
