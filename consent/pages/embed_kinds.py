"""What a held frame would show, by its service: a video, a map ..., so that its placeholder can say so (C9)."""

from consent.pages.wording import Wording

_KINDS = {
    "video": "youtube vimeo dailymotion brightcove jwplayer kaltura wistia vidyard loom bunny-stream mux streamable "
    "cloudflare-stream sproutvideo dacast flowplayer ooyala screen9 twentythree vbrick rutube odysee rumble bitchute "
    "bilibili youku iqiyi niconico coub tencent-video arte glomex viddler metacafe twitch other-video-players ted "
    "tiktok-embed",
    "audio": "spotify soundcloud deezer apple-music-and-podcasts tidal bandcamp mixcloud last-fm reverbnation "
    "audiomack hearthis-at audioboom acast ausha podbean libsyn buzzsprout transistor simplecast megaphone omny-studio "
    "art19 headliner spreaker podigee captivate blubrry podlove podcaster-de stitcher tunein iheart castbox podomatic "
    "other-podcast-players beyondwords",
    "map": "google-maps bing-widgets mapbox carto esri-arcgis openstreetmap maptiler thunderforest stamen here tomtom "
    "mapquest other-map-hosts",
    "post": "meta-social instagram threads x-widgets linkedin-social pinterest-widgets reddit-embed tumblr bluesky "
    "mastodon vk weibo telegram",
    "form": "google-forms typeform jotform wufoo cognito-forms fillout tally paperform formstack",
}
"""Kinds, and the catalogue's keys of their services; a text ``placeholder.KIND`` says each."""
_KIND_OF = {key: kind for kind, keys in _KINDS.items() for key in keys.split()}


def described(wording: Wording, key: str, called: str) -> str:
    """What the frame of the service ``key`` shows, in words; ``called``: the service's name, or its category's."""
    return wording.text("placeholder", _KIND_OF.get(key, "other"), service=called)
