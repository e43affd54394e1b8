using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Payments.Database;

/// <summary>Turns a password into what PostgreSQL stores of it (RFC 5802, RFC 7677), so that the password itself never meets the server's log.</summary>
internal static class ScramVerifier
{
    private const int Iterations = 4096;

    public static string Of(string password) => Of(password, RandomNumberGenerator.GetBytes(16), Iterations);

    /// <summary>Whether PostgreSQL stored the verifier for this password; false for one of another kind (MD5).</summary>
    public static bool IsOf(string verifier, string password) =>
        verifier.Split('$') is ["SCRAM-SHA-256", var cost, _]
        && cost.Split(':') is [var iterations, var salt]
        && int.TryParse(iterations, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        && count > 0
        && CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(verifier),
            Encoding.ASCII.GetBytes(Of(password, Convert.FromBase64String(salt), count)));

    private static string Of(string password, byte[] salt, int iterations)
    {
        var salted = Rfc2898DeriveBytes.Pbkdf2(
            Encoding.UTF8.GetBytes(password.Normalize(NormalizationForm.FormKC)),
            salt,
            iterations,
            HashAlgorithmName.SHA256,
            32);
        var storedKey = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var serverKey = HMACSHA256.HashData(salted, "Server Key"u8);
        return $"SCRAM-SHA-256${iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(storedKey)}:{Convert.ToBase64String(serverKey)}";
    }
}
