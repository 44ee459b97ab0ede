using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Waiide.Tests.Conformance;

/// <content>Bodies: JSON as objects, event streams event by event, pages as pages.</content>
internal sealed partial class Comparison
{
    private void Body(string name, Answer recorded, Answer given)
    {
        if (recorded.Status != given.Status)
        {
            Is("body", Words(recorded.Json) is var then and not "null" ? then : recorded.Text, given.Json?.ToJsonString() ?? given.Text);
        }
        else if (recorded.Json is not null)
        {
            if (given.Json is null)
            {
                Differ("body", "JSON", given.Text.Length == 0 ? "(empty)" : Short(given.Text));
            }
            else
            {
                Json("", recorded.Json, given.Json);
            }
        }
        else if (recorded["Content-Type"] == "text/event-stream")
        {
            Events(recorded.Text, given.Text);
        }
        else if (recorded.Text.Length > 0)
        {
            Is("body", "a page", given.Text.Contains("<html", StringComparison.OrdinalIgnoreCase) ? "a page" : "no page");
            if (Normalised.Forms.Contains(name))
            {
                Is("body", "a form", given.Text.Contains("<form", StringComparison.OrdinalIgnoreCase) ? "a form" : "no form");
            }
        }
        else
        {
            Is("body", "(empty)", given.Json?.ToJsonString() ?? (given.Text.Length == 0 ? "(empty)" : Short(given.Text)));
        }
    }

    // A stream may begin with a keep-alive; how many follow depends on how long it takes.
    private void Events(string recorded, string given)
    {
        Is("first keep-alive", recorded.StartsWith('\n').ToString(), given.StartsWith('\n').ToString());
        static JsonArray Data(string stream) =>
            [.. stream.Split("\n\n").Select(part => part.Trim('\n')).Where(part => part.Length > 0).Select(part => part.StartsWith("data: {", StringComparison.Ordinal) ? Parse(part["data: ".Length..]) : part)];
        Json("event", Data(recorded), Data(given));
    }

    private static JsonNode Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text)!;
        }
        catch (System.Text.Json.JsonException)
        {
            return text;
        }
    }

    private void Json(string path, JsonNode? recorded, JsonNode? given)
    {
        switch (recorded, given)
        {
            case (JsonObject then, JsonObject now):
                foreach (var key in then.Select(entry => entry.Key).Union(now.Select(entry => entry.Key)))
                {
                    Member(path.Length == 0 ? key : $"{path}.{key}", key, then, now);
                }

                break;
            case (JsonArray then, JsonArray now):
                Is($"length of {path}", then.Count.ToString(CultureInfo.InvariantCulture), now.Count.ToString(CultureInfo.InvariantCulture));
                foreach (var (i, item) in then.Take(now.Count).Index())
                {
                    Json($"{path}[{i}]", item, now[i]);
                }

                break;
            case (JsonValue then, JsonValue now) when then.GetValueKind() == System.Text.Json.JsonValueKind.String && now.GetValueKind() == System.Text.Json.JsonValueKind.String:
                Text(path, then.GetValue<string>(), now.GetValue<string>());
                break;
            default:
                Is(path, Words(recorded), given?.ToJsonString() ?? "null");
                break;
        }
    }

    private void Member(string path, string key, JsonObject recorded, JsonObject given)
    {
        if (!recorded.ContainsKey(key) || !given.ContainsKey(key))
        {
            Differ(path, recorded.ContainsKey(key) ? Short(Words(recorded[key])) : "(no such key)", given.ContainsKey(key) ? Short(given[key]?.ToJsonString() ?? "null") : "(no such key)");
            return;
        }

        var (then, now) = (recorded[key], given[key]);
        switch (key)
        {
            case not null when then is null || now is null || now is JsonObject:
                Json(path, then, now);
                break;
            case not null when Normalised.Secrets.TryGetValue(key, out var shape):
                Secret(path, then.ToString(), now.ToString(), shape);
                break;
            case not null when Normalised.Times.Contains(key):
                Time(path, then.ToString(), now.ToString());
                break;
            case not null when Normalised.Expiries.Contains(key):
                Expiry(path, then.ToString(), now.ToString());
                break;
            case not null when Normalised.Software.Contains(key):
                Is(path, "a text", now.GetValueKind() == System.Text.Json.JsonValueKind.String && now.ToString().Length > 0 ? "a text" : now.ToJsonString());
                break;
            case "scopes" when recorded.ContainsKey("oauth_client"): // A token model; /hub/api/user has them sorted.
            case "scope":
                Is(path, Sorted(then), Sorted(now));
                break;
            case "message" when then.ToString().StartsWith("Not assigning requested scopes", StringComparison.Ordinal):
                Is(path, Sorted(then), Sorted(now));
                break;
            case "api_tokens":
                Unordered(path, then.AsArray(), now as JsonArray ?? []);
                break;
            default:
                Json(path, then, now);
                break;
        }
    }

    /// <summary>Each recorded item takes the first given one that differs the least.</summary>
    private void Unordered(string path, JsonArray recorded, JsonArray given)
    {
        Is($"length of {path}", recorded.Count.ToString(CultureInfo.InvariantCulture), given.Count.ToString(CultureInfo.InvariantCulture));
        var left = given.ToList();
        foreach (var (i, item) in recorded.Index().Where(_ => left.Count > 0))
        {
            var best = left.Select(candidate =>
            {
                var attempt = new Comparison(_words.Copy(), _sinceTheRecording);
                attempt.Json($"{path}[{i}]", item, candidate);
                return (candidate, attempt);
            }).MinBy(pair => pair.attempt._differences.Count);
            left.Remove(best.candidate);
            _words.Take(best.attempt._words);
            _differences.AddRange(best.attempt._differences);
        }
    }

    private void Secret(string path, string recorded, string given, Regex shape)
    {
        if (!shape.IsMatch(given) || !_words.Learn(recorded, given))
        {
            Differ(path, _words.Live(recorded) ?? $"a new value like {shape}", given);
        }
    }

    private void Time(string path, string recorded, string given)
    {
        if (_words.Live(recorded.TrimEnd('Z')) is { } told)
        {
            Is(path, told + "Z", given);
        }
        else if (!(Normalised.RouteTime().IsMatch(recorded) ? Normalised.RouteTime() : Normalised.Time()).IsMatch(given))
        {
            Differ(path, $"a time like {recorded}", given);
        }
    }

    private void Expiry(string path, string recorded, string given)
    {
        if (!Normalised.Time().IsMatch(given) || (Moment(given) - Moment(recorded) - _sinceTheRecording).Duration() > TimeSpan.FromMinutes(1))
        {
            Differ(path, (Moment(recorded) + _sinceTheRecording).ToString("O", CultureInfo.InvariantCulture), given);
        }
    }

    private void Text(string path, string recorded, string given)
    {
        if (!_words.Says(recorded, given))
        {
            Differ(path, _words.Words(recorded), given);
        }
    }

    private string Words(JsonNode? node) => node is null ? "null" : _words.Words(node.ToJsonString());

    private static string Sorted(JsonNode node) => node switch
    {
        JsonArray list => $"[{string.Join(' ', list.Select(item => item?.ToJsonString() ?? "null").Order(StringComparer.Ordinal))}]",
        JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.String => string.Join(' ', value.GetValue<string>().Split(' ', ',').Order(StringComparer.Ordinal)),
        _ => node.ToJsonString(),
    };

    private static DateTimeOffset Moment(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
