using System.Security.Cryptography;

namespace Payments.Faults;

/// <summary>How a file reaches the platform.</summary>
internal enum Way
{
    /// <summary>Laid into the drop folder, as a whole.</summary>
    Drop,

    /// <summary>Written into the drop folder bit by bit, with pauses that are longer than the folder's patience.</summary>
    Growing,

    /// <summary>Posted to the API, again and again until it is accepted.</summary>
    Upload,
}

/// <summary>A file on its way into the platform.</summary>
/// <param name="Name">Its name, which no other file of the workload has.</param>
/// <param name="Profile">What it is.</param>
/// <param name="Way">How it arrives.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="IsUpdate">Whether it moves known payments.</param>
internal sealed record Delivery(string Name, string Profile, Way Way, byte[] Content, bool IsUpdate = false)
{
    /// <summary>The hash under which the spool must have it.</summary>
    public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Content));
}
