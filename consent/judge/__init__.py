"""Decision + Catalogue -> the verdicts the rewriter asks for."""

from consent.judge.based import BasedJudge as BasedJudge
from consent.judge.extent import Extent as Extent, extent as extent, odd_paths as odd_paths
from consent.judge.page import Met as Met, PageJudge as PageJudge, Tell as Tell, tell_nobody as tell_nobody
