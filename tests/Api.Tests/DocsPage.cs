using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Payments.Testing;

namespace Payments.Api.Tests;

/// <summary>The page at /docs, open in a browser, with what it loaded and what it complained of.</summary>
public sealed partial class DocsPage : IAsyncDisposable
{
    private readonly ApiHost _api;
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _loaded = new();
    private readonly ConcurrentQueue<string> _complaints = new();

    private DocsPage(ApiHost api, IBrowserContext context, IPage page)
    {
        _api = api;
        _context = context;
        Page = page;
        page.Request += (_, request) => _loaded.Enqueue(request.Url);
        page.PageError += (_, error) => _complaints.Enqueue(error);
        page.RequestFailed += (_, request) => _complaints.Enqueue($"{request.Url}: {request.Failure}");
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") _complaints.Enqueue(message.Text);
        };
    }

    /// <summary>Every address that the page asked for.</summary>
    public IEnumerable<string> Loaded => _loaded;

    /// <summary>What the console says: errors, warnings, violations of the content security policy.</summary>
    public IEnumerable<string> Complaints => _complaints;

    private IPage Page { get; }

    private ILocator Client => Page.GetByRole(AriaRole.Dialog);

    /// <summary>Opens the page in a session of its own; skips the test without a browser.</summary>
    public static async Task<DocsPage> OpenAsync(ApiHost api)
    {
        var browser = await Browser.RequireAsync();
        var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        var page = new DocsPage(api, context, await context.NewPageAsync());
        await page.Page.GotoAsync(page.Address(""));
        await page.Page.GetByRole(AriaRole.Heading, new() { Name = "Payments API" }).WaitForAsync();
        return page;
    }

    /// <summary>Shows an operation.</summary>
    public async Task<ILocator> ShowAsync(string tag, string method, string path)
    {
        await Page.GotoAsync("about:blank");
        await Page.GotoAsync(Address($"#tag/{tag}/{method}{path}"));
        var operation = Page.Locator($"[id='v1/tag/{tag}/{method}{path}']");
        await Button(operation, method, path).WaitForAsync();
        return operation;
    }

    /// <summary>The command that the page shows for an operation.</summary>
    public async Task<string> CurlAsync(string tag, string method, string path)
    {
        var operation = await ShowAsync(tag, method, path);
        return await operation.Locator("pre").First.InnerTextAsync();
    }

    /// <summary>Opens an operation in the page's client and presses Send.</summary>
    /// <returns>The status and the body, as the page shows them.</returns>
    public async Task<(string Status, string Body)> SendAsync(string tag, string method, string path)
    {
        await Button(await ShowAsync(tag, method, path), method, path).ClickAsync();
        return await SendAsync();
    }

    /// <summary>Types a key into the client that is open, and presses Send again.</summary>
    public async Task<(string Status, string Body)> SendWithKeyAsync(string key)
    {
        await Client.GetByRole(AriaRole.Button, new() { NameRegex = Authentication() }).First.ClickAsync();
        await Client.GetByRole(AriaRole.Textbox, new() { Name = "Value" }).First.FillAsync(key);
        return await SendAsync();
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private static ILocator Button(ILocator operation, string method, string path) =>
        operation.GetByRole(AriaRole.Button, new() { Name = $"Test Request ({method.ToLowerInvariant()} {path})" });

    private async Task<(string Status, string Body)> SendAsync()
    {
        var answered = Page.WaitForResponseAsync(answer => new Uri(answer.Url).AbsolutePath.StartsWith("/api/", StringComparison.Ordinal));
        await Client.GetByRole(AriaRole.Button, new() { NameRegex = Send() }).First.ClickAsync();
        var status = (await answered).Status.ToString(CultureInfo.InvariantCulture);
        var response = Client.GetByRole(AriaRole.Region, new() { Name = "Response" });
        var shown = await response.GetByRole(AriaRole.Link, new() { Name = status }).InnerTextAsync();
        return (shown, await response.Locator(".cm-content").InnerTextAsync());
    }

    private string Address(string fragment) => new Uri(_api.Client.BaseAddress!, $"/docs/{fragment}").ToString();

    [GeneratedRegex("^Send")]
    private static partial Regex Send();

    [GeneratedRegex("^Authentication")]
    private static partial Regex Authentication();
}
